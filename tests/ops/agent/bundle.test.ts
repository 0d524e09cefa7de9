import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rmdir, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refusedWith, startAgentOfEdge, type AgentOfEdge } from '#tests/support/agent.ts';
import { bundleCommand, documentOf, sha256, type Change } from '#tests/support/edge-requests.ts';

describe('put of the agent', () => {
  let agent: AgentOfEdge;
  before(async () => {
    agent = await startAgentOfEdge();
  });
  after(() => agent.stop());

  const pathOf = (slug: string) => join(agent.edge.tenantsDir, `${slug}.json`);
  const served = (slug: string) => readFile(pathOf(slug), 'utf8');
  const live = (slug: string, fields: object = {}, expected = 'any'): Change => ({
    slug,
    state: 'live',
    fields,
    expected,
  });
  const suspended = (slug: string, fields: object = {}, expected = 'any'): Change => ({
    slug,
    state: 'suspended',
    fields,
    expected,
  });
  const absent = (slug: string, expected = 'any'): Change => ({ slug, state: 'absent', expected });
  const token = (state: string, slug: string, fields: object = {}) => `${state}:${sha256(documentOf(slug, fields))}`;

  it('puts, replaces and removes stores in one bundle', async () => {
    await agent.put(live('one-a', { v: 1 }), suspended('one-b', { v: 1 }), live('one-c', { v: 1 }));

    const printed = await agent.put(
      live('one-a', { v: 2 }, token('live', 'one-a', { v: 1 })),
      live('one-b', { v: 1 }, token('suspended', 'one-b', { v: 1 })),
      absent('one-c', token('live', 'one-c', { v: 1 })),
      suspended('one-d', { v: 1 }, 'absent'),
    );

    assert.equal(printed, 'applied 4\n');
    assert.equal(await agent.found('one-a'), `live ${sha256(documentOf('one-a', { v: 2 }))} 644`);
    assert.match((await agent.found('one-b')) ?? '', /^live /);
    assert.equal(await agent.found('one-c'), undefined);
    assert.match((await agent.found('one-d')) ?? '', /^suspended /);
    assert.equal(await served('one-a'), documentOf('one-a', { v: 2 }));
  });

  it('changes nothing when one of many finds something else, and says what lies there', async () => {
    await agent.put(live('two-a', { v: 1 }), suspended('two-b', { v: 1 }));
    const command = bundleCommand([
      live('two-a', { v: 2 }, token('live', 'two-a', { v: 1 })),
      live('two-b', { v: 2 }, token('live', 'two-b', { v: 1 })),
      live('two-c', {}, token('live', 'two-c')),
      absent('two-d', 'absent'),
    ]);

    await assert.rejects(
      agent.send(command),
      refusedWith(76, /^2 of 4 changes do not find what they are to replace$/m),
    );

    const { stdout } = await agent.raw(command);
    assert.equal(stdout, `drifted two-b ${token('suspended', 'two-b', { v: 1 })}\ndrifted two-c absent\n`);
    assert.equal(await served('two-a'), documentOf('two-a', { v: 1 }));
    assert.equal(await agent.found('two-c'), undefined);
  });

  it('counts a change that is already in place as done, whatever was expected', async () => {
    const bundle = [live('three-a', { v: 1 }, 'absent'), absent('three-b', token('live', 'three-b'))];
    await agent.put(...bundle);
    const { mtimeMs } = await stat(pathOf('three-a'));

    assert.equal(await agent.put(...bundle), 'applied 2\n');

    assert.equal((await stat(pathOf('three-a'))).mtimeMs, mtimeMs);
  });

  it('finishes the rest of a bundle of which a part is in place', async () => {
    await agent.put(live('four-a', { v: 2 }));

    await agent.put(live('four-a', { v: 2 }, 'absent'), live('four-b', {}, 'absent'));

    assert.match((await agent.found('four-b')) ?? '', /^live /);
  });

  it('takes what is no plain file for foreign, and replaces a link when told to', async () => {
    await writeFile(join(agent.edge.dir, 'elsewhere'), 'as it was');
    await symlink('../elsewhere', pathOf('five-a'));

    for (const expected of ['absent', token('live', 'five-a')])
      await assert.rejects(agent.put(live('five-a', {}, expected)), refusedWith(76, /1 of 1/));
    await agent.put(live('five-a'));

    assert.equal(await served('five-a'), documentOf('five-a'));
    assert.equal(await readFile(join(agent.edge.dir, 'elsewhere'), 'utf8'), 'as it was');
  });

  it('never takes a folder for a file', async () => {
    await mkdir(pathOf('six-a'));

    await assert.rejects(agent.put(live('six-a')), refusedWith(76, /1 of 1/));
    await assert.rejects(agent.put(absent('six-a', 'absent')), refusedWith(76, /1 of 1/));

    await rmdir(pathOf('six-a'));
  });

  it('puts back the whole bundle when a rename in the middle of it fails', async () => {
    await agent.put(live('six-b', { v: 1 }), live('six-c', { v: 1 }));
    const failing =
      'mv() { if [[ $2 == -t && $5 == *work* ]]; then command mv "${@:1:5}"; return 1; fi; command mv "$@"; }';
    const bundle = [suspended('six-b', { v: 2 }), suspended('six-c', { v: 2 }), live('six-d')];

    const outcome = await agent.sabotaged(failing, bundleCommand(bundle));

    assert.equal(outcome.exitCode, 73);
    assert.match(outcome.stderr, /^cannot write on this disk \(tenants\)$/m);
    for (const slug of ['six-b', 'six-c'])
      assert.equal(await agent.found(slug), `live ${sha256(documentOf(slug, { v: 1 }))} 644`);
    assert.equal(await agent.found('six-d'), undefined);
    assert.deepEqual(
      (await readdir(agent.edge.suspendedDir)).filter((name) => name.startsWith('six')),
      [],
    );
  });

  for (const folder of ['staging', 'previous'])
    it(`leaves what is served when ${folder}/ takes no writes`, async () => {
      await agent.put(live('seven-a', { v: 1 }));
      await agent.edge.makeReadOnly(folder);

      await assert.rejects(agent.put(suspended('seven-a', { v: 2 })), refusedWith(73, /cannot write on this disk/));

      assert.match(await agent.run('read', 'seven-a'), /"v":1/);
      await agent.edge.makeWritable(folder);
      await agent.put(suspended('seven-a', { v: 2 }));
      assert.match((await agent.found('seven-a')) ?? '', /^suspended /);
      await agent.put(live('seven-a', { v: 1 }));
    });

  it('gives two changes within one second different modification times', async () => {
    await agent.put(live('hasty', { v: 1 }));
    const first = await stat(pathOf('hasty'));

    await agent.put(live('hasty', { v: 2 }));

    const second = await stat(pathOf('hasty'));
    assert(Math.floor(second.mtimeMs / 1000) > Math.floor(first.mtimeMs / 1000));
  });

  it('lets one of twenty writers that expect the same win, and tells the others what it put', async () => {
    const bodies = Array.from({ length: 20 }, (_, index) => bundleCommand([live('busy', { index }, 'absent')]));

    const outcomes = await Promise.allSettled(bodies.map((command) => agent.send(command)));

    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    assert.equal(refusals.length, 19);
    for (const refusal of refusals) assert(refusedWith(76, /1 of 1/)(refusal));
    const winner = outcomes.findIndex((outcome) => outcome.status === 'fulfilled');
    assert.equal(await served('busy'), documentOf('busy', { index: winner }));
  });

  it('loses no store of twenty writers of different ones', async () => {
    const slugs = Array.from({ length: 20 }, (_, index) => `crowd-${index}`);

    await Promise.all(slugs.map((slug) => agent.put(live(slug, {}, 'absent'))));

    const listed = (await agent.listed('tenant')).map((line) => line.split(' ')[0]);
    assert.deepEqual(
      slugs.filter((slug) => !listed.includes(slug)),
      [],
    );
  });

  it('takes a thousand stores at once', async () => {
    const stores = Array.from({ length: 1000 }, (_, index) =>
      live(`many-${index}`, { filler: 'x'.repeat(300) }, 'absent'),
    );

    assert.equal(await agent.put(...stores), 'applied 1000\n');

    assert.equal((await agent.listed('tenant')).filter((line) => line.startsWith('many-')).length, 1000);
    await agent.put(...stores.map(({ slug }) => absent(slug)));
  });

  it('removes a marker along with its store', async () => {
    await agent.put(suspended('eight-a'));

    await agent.put(absent('eight-a'));

    assert.deepEqual(await agent.listed('foreign'), []);
  });

  it('opens a store whose marker was left behind', async () => {
    await writeFile(join(agent.edge.suspendedDir, 'nine-a.json'), '');

    await agent.put(live('nine-a', {}, 'absent'));

    assert.match((await agent.found('nine-a')) ?? '', /^live /);
  });

  it('copies what it may not link, so that it can be put back', async () => {
    await agent.put(live('ten-a', { v: 1 }));
    const refuseLinks = 'ln() { return 1; }';

    const outcome = await agent.sabotaged(refuseLinks, bundleCommand([live('ten-a', { v: 2 })]));
    await agent.run('rollback');

    assert.equal(outcome.exitCode, 0);
    assert.equal(await served('ten-a'), documentOf('ten-a', { v: 1 }));
    await unlink(pathOf('ten-a'));
  });
});
