import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import type { SshCommand } from '#platform/ssh/index.ts';
import { refusedWith, startAgentOfEdge, type AgentOfEdge } from '#tests/support/agent.ts';
import { bodyCommand, bundleCommand, documentOf, putCommand, sha256 } from '#tests/support/edge-requests.ts';
import { rawRequest } from '#tests/support/raw-ssh.ts';

const BODY = bundleCommand([{ slug: 'acme', state: 'live' }]).stdin.toString();
const BYTES = String(BODY.length);
const SUM = sha256(BODY);
const MANY_LINES = Array.from({ length: 2001 }, (_, index) => `remove store-${index} any\n`).join('');
const JSON_SUM = sha256(documentOf('acme'));

describe("the agent behind the console's key", () => {
  let agent: AgentOfEdge;
  before(async () => {
    agent = await startAgentOfEdge();
  });
  after(() => agent.stop());

  const refusedAsUsage: [string, string[], RegExp][] = [
    ['a login', [], /no verb: this key opens no shell/],
    ['a shell', ['bash'], /unknown verb/],
    ['a function of the agent itself', ['die'], /unknown verb/],
    ['a command chained to a verb', ['version;rm -rf /'], /character that no verb takes/],
    ['a substitution', ['version', '$(id)'], /character that no verb takes/],
    ['a second line', ['version\nbash'], /character that no verb takes/],
    ['a pattern', ['manifest', '*'], /character that no verb takes/],
    ['a path for a slug', ['read', '../../etc/passwd'], /character that no verb takes/],
    ['dots for a slug', ['read', '..'], /slug must be/],
    ['a double hyphen', ['clean', 'xn--acme'], /slug must be/],
    ['a slug of two letters', ['clean', 'ab'], /slug must be/],
    ['a slug of 41 letters', ['read', 'a'.repeat(41)], /slug must be/],
    ['a short sum', ['put', BYTES, SUM.slice(1)], /sha256 must be/],
    ['a sum in words', ['maps', BYTES, 'z'.repeat(64), 'any'], /sha256 must be/],
    ['a size of nothing', ['put', '0', SUM], /bytes must be a number from 1 to 8388608/],
    ['a size beyond a bundle', ['put', '8388609', SUM], /bytes must be/],
    ['a size in octal', ['put', '010', SUM], /bytes must be/],
    ['a size with a sign', ['put', '-1', SUM], /bytes must be/],
    ['a size beyond maps', ['maps', '4194305', SUM, 'any'], /bytes must be a number from 0 to 4194304/],
    ['an expectation of maps that is none', ['maps', '0', SUM, 'live'], /what to replace must be/],
    ['an argument too few', ['put', BYTES], /put takes 2 arguments, 1 given/],
    ['an argument too many', ['version', 'now'], /version takes 0 arguments, 1 given/],
    ['the put of version 1', ['put', 'acme', 'live', SUM, '15'], /put takes 2 arguments, 4 given/],
    ['the remove of version 1', ['remove', 'acme'], /unknown verb/],
    ['5 kB of arguments', ['version', 'a'.repeat(5000)], /longer than 4096 bytes/],
  ];
  for (const [what, words, reason] of refusedAsUsage) {
    it(`refuses ${what} with exit 64 and says what is wrong`, async () => {
      const answer = await rawRequest(agent.edge, words, BODY);

      assert.equal(answer.exitCode, 64);
      assert.match(answer.stderr, reason);
      assert.equal(answer.stderr.trimEnd().split('\n').length, 1);
      assert.equal(answer.stdout, '');
    });
  }

  it('gives no terminal, even to a verb that is right', async () => {
    const { exitCode, stdout } = await rawRequest(agent.edge, ['version'], '', ['-tt']);

    assert.deepEqual(
      [exitCode, stdout],
      [255, ''],
      'with one, the version would come, its line ended as on a terminal',
    );
  });

  it('runs nothing for 1 MB of arguments', async () => {
    const answer = await rawRequest(
      agent.edge,
      Array.from({ length: 10 }, () => 'a'.repeat(100_000)),
    );

    assert.notEqual(answer.exitCode, 0);
    assert.equal(answer.stdout, '');
  });

  const put = (body: string) => bodyCommand('put', body);
  const acme = documentOf('acme');
  const tooBig = bundleCommand([{ slug: 'acme', state: 'live', fields: { filler: 'x'.repeat(65_536) } }]);
  const refusedAsData: [string, SshCommand, RegExp][] = [
    ['a body shorter than announced', { ...put(BODY), args: ['200', SUM] }, /not 200 bytes/],
    ['a body longer than announced', { ...put(BODY), args: ['10', SUM] }, /not 10 bytes/],
    ['a body with another sum', { ...put(BODY), args: [BYTES, JSON_SUM] }, /announced sha256/],
    ['a bundle of nothing', put('\n'), /^bad line 1: the slug/],
    ['an unknown change', put('move acme any\n'), /^bad acme: a change is put or remove/],
    ['a path for a slug in a bundle', put('remove ../acme any\n'), /^bad line 1: the slug must be/],
    ['an unknown state', put(`put acme open ${JSON_SUM} any ${acme}\n`), /^bad acme: the state must be/],
    ['a sum that is none', put(`put acme live ${SUM.slice(1)} any ${acme}\n`), /^bad acme: the sha256 must be/],
    ['bytes with another sum', put(`put acme live ${SUM} any ${acme}\n`), /^bad acme: its bytes do not have/],
    ['an expectation that is none', put(`put acme live ${JSON_SUM} open ${acme}\n`), /^bad acme: what to replace/],
    ['an expectation with a short sum', put('remove acme live:abc\n'), /^bad acme: what to replace/],
    ['a removal with a body', put(`remove acme any ${acme}\n`), /^bad acme: what to replace/],
    ["another store's JSON", put(`put globex live ${JSON_SUM} any ${acme}\n`), /^bad globex: this is not the JSON/],
    ['text that is no object', put(`put acme live ${sha256('slug')} any slug\n`), /^bad acme: this is not the JSON/],
    ['a line without its JSON', put(`put acme live ${JSON_SUM} any\n`), /^bad acme: this is not the JSON/],
    ['a slug named twice', put('remove acme any\nremove acme any\n'), /^bad acme: it is named twice/],
    ['one bad line among good ones', put(`${BODY}remove globex\n`), /^bad globex: what to replace/],
    ['a file beyond 64 KiB', tooBig, /^bad acme: a store's file has at most 65536 bytes/],
    ['2,001 lines', put(MANY_LINES), /a bundle has at most 2000 lines/],
  ];
  for (const [what, command, reason] of refusedAsData) {
    it(`refuses ${what} with exit 65 and leaves nothing behind`, async () => {
      await assert.rejects(agent.send(command), refusedWith(65, reason));

      for (const folder of ['tenants', 'suspended', 'staging', 'previous'])
        assert.deepEqual(await readdir(`${agent.edge.dir}/${folder}`), []);
    });
  }

  it('answers a verb that is right', async () => {
    const { args, stdin } = putCommand('acme', 'live');

    const answer = await rawRequest(agent.edge, ['put', ...args], stdin.toString());

    assert.deepEqual(answer, { exitCode: 0, stdout: 'applied 1\n', stderr: '' });
  });
});
