import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refusedWith, startAgentOfEdge, type AgentOfEdge } from '#tests/support/agent.ts';
import { ask, bodyCommand, sha256 } from '#tests/support/edge-requests.ts';
import { childrenOf } from '#tests/support/processes.ts';
import { killAtStep } from '#tests/support/sabotaged-agent.ts';

const PLANS = 'plan plus 200 400\nplan standard 100 200\n';

describe('maps of the agent', function () {
  this.timeout(60_000);

  let agent: AgentOfEdge;
  before(async () => {
    agent = await startAgentOfEdge();
  });
  after(() => agent.stop());

  const mapsDir = () => join(agent.edge.dir, 'maps');
  const maps = (lines: string, expected = 'any') => agent.send(bodyCommand('maps', lines, expected));
  const inUse = async () => (await agent.listed('maps'))[0];
  const locationOf = async (slug: string) => (await ask(agent.edge.url, `${slug}.localhost`, '/x')).headers.location;

  it('come into use by a reload, and are unchanged when sent again', async () => {
    const lines = `alias old-name new-name\ndomain loja.example.com new-name\nlimit new-name plus\n${PLANS}`;

    assert.equal(await maps(lines, 'absent'), 'reloaded\n');

    assert.match((await locationOf('old-name')) ?? '', /^http:\/\/new-name\.localhost:\d+\/x$/);
    assert.equal(await inUse(), sha256(lines));
    const workers = await childrenOf(agent.edge.nginxPid);
    assert.equal(await maps(lines, 'absent'), 'unchanged\n');
    assert.deepEqual(await childrenOf(agent.edge.nginxPid), workers);
  });

  it('are replaced only when they are those expected', async () => {
    const first = `alias first-name new-name\n`;
    await maps(first);
    const command = bodyCommand('maps', '', sha256('something else'));

    await assert.rejects(agent.send(command), refusedWith(76, /not those that are to be replaced/));

    assert.equal((await agent.raw(command)).stdout, `drifted maps ${sha256(first)}\n`);
    assert.equal(await maps('', sha256(first)), 'reloaded\n');
    assert.equal(await locationOf('first-name'), undefined);
  });

  for (const [what, lines, reason] of [
    ['another kind of line', 'server_name x;\n', /^bad line 1: a line begins with/],
    ['an empty line', `${PLANS}\n`, /^bad line 3: a line begins with/],
    ['a directive in an alias', 'alias old-name new-name; include /etc/passwd\n', /^bad line 1: an alias is two/],
    ['a brace in a slug', 'alias old{name new-name\n', /^bad line 1: an alias is two/],
    ['an alias of itself', 'alias same-name same-name\n', /^bad line 1: an alias is two/],
    ['an alias twice', 'alias old-name one-name\nalias old-name two-name\n', /^bad line 2: it is named twice/],
    ['a domain of one label', 'domain loja acme\n', /^bad line 1: a domain is/],
    ['an address for a domain', 'domain 10.0.0.1 acme\n', /^bad line 1: a domain is/],
    ['a wildcard', 'domain *.example.com acme\n', /^bad line 1: a domain is/],
    ['an expression', 'domain ~.example.com acme\n', /^bad line 1: a domain is/],
    ['capitals', 'domain Loja.example.com acme\n', /^bad line 1: a domain is/],
    ['a label of 64', `domain ${'a'.repeat(64)}.example.com acme\n`, /^bad line 1: a domain is/],
    ['a plan of no rate', 'plan plus 0 10\n', /^bad line 1: a plan is/],
    ['a plan too fast', 'plan plus 10001 10\n', /^bad line 1: a plan is/],
    ['a plan of too much at once', 'plan plus 10 20001\n', /^bad line 1: a plan is/],
    ['a limit of no plan', `limit acme gold\n${PLANS}`, /^bad line 1: there is no such plan/],
    ['two spaces', 'alias old-name  new-name\n', /^bad line 1: an alias is two/],
    ['a tab', 'alias\told-name new-name\n', /^bad line 1: a line begins with/],
  ] as const)
    it(`refuse ${what}`, async () => {
      const before = await inUse();

      await assert.rejects(maps(lines), refusedWith(65, reason));

      assert.equal(await inUse(), before);
      assert.deepEqual(await readdir(join(agent.edge.dir, 'staging')), []);
    });

  it('take names that mean something to nginx', async () => {
    const words = ['default', 'include', 'hostnames', 'volatile'];
    const lines = `${words.map((word) => `alias ${word} new-name\n`).join('')}limit default default\nplan default 5 5\n`;

    assert.equal(await maps(lines), 'reloaded\n');

    for (const word of words) assert.match((await locationOf(word)) ?? '', /new-name/, word);
    assert.equal(await locationOf('other-name'), undefined);
  });

  it('take thousands of stores', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => index);
    const lines = [
      ...many.map((index) => `alias old-${index} new-${index}\n`),
      ...many.map((index) => `domain www.loja-de-materiais-de-construcao-${index}.com.br new-${index}\n`),
      ...many.map((index) => `limit new-${index} plus\n`),
      PLANS,
    ].join('');

    assert.equal(await maps(lines), 'reloaded\n');

    assert.match((await locationOf('old-4999')) ?? '', /new-4999/);
    assert.equal((await ask(agent.edge.url, `${'a'.repeat(63)}.nowhere.example`, '/')).status, 404);
  });

  it('that nginx refuses do not come into use, and the complaint is told', async () => {
    await maps(PLANS);
    const staged = join(agent.edge.dir, 'conf-staged/conf.d/extra.conf');
    await writeFile(staged, 'nonsense on;');

    for (const verb of [bodyCommand('maps', '', 'any'), bodyCommand('try-maps', '')])
      await assert.rejects(agent.send(verb), refusedWith(78, /nginx refuses these maps: unknown directive "nonsense"/));

    await rm(staged);
    assert.equal(await inUse(), sha256(PLANS));
    assert.equal(await readlink(join(mapsDir(), 'staged')), await readlink(join(mapsDir(), 'current')));
  });

  it('can be tried without coming into use', async () => {
    const before = await inUse();

    assert.equal(await agent.send(bodyCommand('try-maps', 'alias tried-name new-name\n')), 'accepted\n');

    assert.equal(await inUse(), before);
    await assert.rejects(agent.send(bodyCommand('try-maps', 'alias x\n')), refusedWith(65, /^bad line 1/));
  });

  it('edited by hand have a sum that nobody sent, and can be replaced', async () => {
    await maps(PLANS);
    await appendFile(join(mapsDir(), 'current/aliases.map'), 'by-hand new-name;\n');

    const found = await inUse();
    assert.notEqual(found, sha256(PLANS));
    assert.equal(await maps(PLANS, found), 'reloaded\n');

    assert.equal(await inUse(), sha256(PLANS));
  });

  it('keep no more versions than the last two', async () => {
    for (const name of ['one-name', 'two-name', 'three-name']) await maps(`alias ${name} new-name\n`);

    const versions = (await readdir(mapsDir())).filter((name) => /^\d+$/.test(name));
    assert.equal(versions.length, 3);
    assert(versions.includes('0'));
  });

  it('killed at any step leave the maps from before or the new ones, and what nginx does agrees', async () => {
    const before = 'alias before-name new-name\n';
    const after = 'alias after-name new-name\n';
    for (let step = 1, died = true; died; step += 1) {
      await maps(before);
      ({ died } = await agent.sabotaged(killAtStep(step), bodyCommand('maps', after, 'any')));

      const found = await inUse();

      assert([sha256(before), sha256(after)].includes(found ?? ''), `step ${step}`);
      const isAfter = found === sha256(after);
      assert.equal((await locationOf('after-name')) !== undefined, isAfter, `step ${step}`);
      assert.equal((await locationOf('before-name')) !== undefined, !isAfter, `step ${step}`);
    }
    assert.equal(await inUse(), sha256(after));
  });

  it('that nginx does not take up are put back', async () => {
    await maps(PLANS);
    const deaf = `timeout() { [[ $* == *'-s reload' ]] || command timeout "$@"; }; sleep() { :; }`;

    const outcome = await agent.sabotaged(deaf, bodyCommand('maps', '', 'any'));

    assert.equal(outcome.exitCode, 69);
    assert.match(outcome.stderr, /^nginx took the reload and did not follow it/);
    assert.equal(await inUse(), sha256(PLANS));
    assert.match(await readFile(join(mapsDir(), 'current/lines'), 'utf8'), /plan plus/);
  });

  it('wait for nobody when nginx does not run', async () => {
    await agent.edge.stopNginx();

    await assert.rejects(maps(''), refusedWith(69, /nginx does not run/));

    assert.equal(await inUse(), sha256(PLANS));
  });
});
