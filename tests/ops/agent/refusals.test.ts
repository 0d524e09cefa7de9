import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { putCommand, sha256 } from '#tests/support/edge-requests.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';
import { rawRequest } from '#tests/support/raw-ssh.ts';

const BODY = '{"slug":"acme"}';
const SUM = sha256(BODY);

describe("the agent behind the console's key", () => {
  let edge: TestEdge;
  before(async () => {
    edge = await startTestEdge();
  });
  after(() => edge.stop());

  const refusedAsUsage: [string, string[], RegExp][] = [
    ['a login', [], /no verb: this key opens no shell/],
    ['a shell', ['bash'], /unknown verb/],
    ['a function of the agent itself', ['die'], /unknown verb/],
    ['a command chained to a verb', ['version;rm -rf /'], /character that no verb takes/],
    ['a substitution', ['version', '$(id)'], /character that no verb takes/],
    ['a second line', ['version\nbash'], /character that no verb takes/],
    ['a pattern', ['manifest', '*'], /character that no verb takes/],
    ['a path for a slug', ['put', '../../etc/passwd', 'live', SUM, '15'], /character that no verb takes/],
    ['dots for a slug', ['remove', '..'], /slug must be/],
    ['dots for the slug of a rollback', ['rollback', '..'], /slug must be/],
    ['a double hyphen', ['remove', 'xn--acme'], /slug must be/],
    ['a slug of two letters', ['remove', 'ab'], /slug must be/],
    ['a slug of 41 letters', ['remove', 'a'.repeat(41)], /slug must be/],
    ['an unknown state', ['put', 'acme', 'open', SUM, '15'], /state must be/],
    ['a short sum', ['put', 'acme', 'live', SUM.slice(1), '15'], /sha256 must be/],
    ['a size of nothing', ['put', 'acme', 'live', SUM, '0'], /bytes must be/],
    ['a size beyond a tenant file', ['put', 'acme', 'live', SUM, '65537'], /bytes must be/],
    ['an argument too few', ['put', 'acme', 'live', SUM], /put takes 4 arguments, 3 given/],
    ['an argument too many', ['version', 'now'], /version takes 0 arguments, 1 given/],
    ['5 kB of arguments', ['version', 'a'.repeat(5000)], /longer than 4096 bytes/],
  ];
  for (const [what, words, reason] of refusedAsUsage) {
    it(`refuses ${what} with exit 64 and says what is wrong`, async () => {
      const answer = await rawRequest(edge, words, BODY);

      assert.equal(answer.exitCode, 64);
      assert.match(answer.stderr, reason);
      assert.equal(answer.stderr.trimEnd().split('\n').length, 1);
      assert.equal(answer.stdout, '');
    });
  }

  it('gives no terminal, even to a verb that is right', async () => {
    const { exitCode, stdout } = await rawRequest(edge, ['version'], '', ['-tt']);

    assert.deepEqual(
      [exitCode, stdout],
      [255, ''],
      'with one, the version would come, its line ended as on a terminal',
    );
  });

  it('runs nothing for 1 MB of arguments', async () => {
    const answer = await rawRequest(
      edge,
      Array.from({ length: 10 }, () => 'a'.repeat(100_000)),
    );

    assert.notEqual(answer.exitCode, 0);
    assert.equal(answer.stdout, '');
  });

  const refusedAsData: [string, string, string[], RegExp][] = [
    ['a body shorter than announced', BODY, ['put', 'acme', 'live', SUM, '20'], /not 20 bytes/],
    ['a body longer than announced', BODY, ['put', 'acme', 'live', SUM, '10'], /not 10 bytes/],
    ['a body with another sum', BODY, ['put', 'acme', 'live', sha256('x'), '15'], /announced sha256/],
    ["another store's JSON", BODY, ['put', 'globex', 'live', SUM, '15'], /not the JSON of globex/],
    [
      'a body that is no JSON object',
      'slug: acme',
      ['put', 'acme', 'live', sha256('slug: acme'), '10'],
      /not the JSON/,
    ],
  ];
  for (const [what, body, words, reason] of refusedAsData) {
    it(`refuses ${what} with exit 65 and leaves nothing behind`, async () => {
      const answer = await rawRequest(edge, words, body);

      assert.equal(answer.exitCode, 65);
      assert.match(answer.stderr, reason);
      assert.deepEqual(await readdir(edge.tenantsDir), []);
      assert.deepEqual(await readdir(`${edge.dir}/staging`), []);
    });
  }

  it('answers a verb that is right', async () => {
    const { args = [], stdin } = putCommand('acme', 'live');

    const answer = await rawRequest(edge, ['put', ...args], stdin.toString());

    assert.deepEqual(answer, { exitCode: 0, stdout: `${args[2]}\n`, stderr: '' });
  });
});
