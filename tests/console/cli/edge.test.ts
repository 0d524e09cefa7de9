import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { getTenant, type Tenant } from '#domain/tenants/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { addLiveStore, asLive, enrolPaperEdge, findOnPaper, publishOnPaper } from '#tests/support/edge-rows.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

describe('npm run bc -- edge', function () {
  this.timeout(90_000);
  let database: ConsoleDatabase;
  let edge: string;
  let acme: Tenant;
  let first: number;

  before(async () => {
    database = await openConsoleDatabase();
    edge = await enrolPaperEdge(database.ctx);
    acme = await addLiveStore(database.ctx, 'acme');
    [first] = (await publishOnPaper(database.ctx, [asLive(acme)], { reason: 'onboarding' })) as [number];
  });
  after(() => database?.drop());

  const bc = async (...args: string[]) => {
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    const child = spawn(process.execPath, ['console/cli/bc.ts', 'edge', ...args], {
      cwd: ROOT,
      env: { PATH, NODE_COMPILE_CACHE, DATABASE_URL: database.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    return { stdout, stderr, code: code as number };
  };
  const rename = (name: string) => database.ctx.db('platform.tenants').where({ slug: 'acme' }).update({ name });
  const newestJob = () => database.ctx.db('platform.jobs').orderBy('id', 'desc').first();

  it('lists edges with the reason why one is not well', async () => {
    const { stdout, code } = await bc('list');

    assert.equal(code, 0);
    assert.match(stdout, /NAME +STATUS[\s\S]*edge-1 +unknown +1 +0 +unknown +1 of 1 +never_looked/);
  });

  it('plans what is pending, publishes it, and says when there is nothing', async () => {
    assert.match((await bc('publish', '--dry-run')).stdout, /Nothing is pending/);
    await rename('Outra');

    const planned = await bc('publish', '--dry-run');
    const published = await bc('publish', '--reason', 'the edge was away', '--json');

    assert.match(planned.stdout, /acme +edge-1 +name/);
    const { plan, jobs } = JSON.parse(published.stdout) as { plan: { files: object[] }; jobs: { kind: string }[] };
    assert.deepEqual([plan.files.length, jobs.map((job) => job.kind)], [1, ['tenants.publish']]);
    assert.equal((await newestJob()).payload.reason, 'the edge was away');
    assert.equal((await bc('publish', '--stores', 'acme,nobody')).code, 1);
  });

  it('rolls one store back to a revision, and refuses half an order', async () => {
    await rename('Wrong');

    const dry = await bc('rollback', '--store', 'acme', '--revision', String(first), '--dry-run');
    const half = await bc('rollback', '--store', 'acme');
    const done = await bc('rollback', '--store', 'acme', '--revision', String(first));

    assert.match(dry.stdout, /acme +name +Wrong +Loja acme/);
    assert.deepEqual([half.code, done.code], [2, 0]);
    assert.equal((await getTenant(database.ctx, 'acme')).name, 'Loja acme');
  });

  it('lists revisions, reloads with a reason, and knows its edges', async () => {
    const listed = await bc('revisions', '--store', 'acme', '--json');
    const reloaded = await bc('reload', 'edge-1', '--reason', 'new certificate');
    const unknown = await bc('reload', 'nowhere');

    assert.deepEqual(
      (JSON.parse(listed.stdout) as { number: number; reason: string }[]).map(({ number, reason }) => [number, reason]),
      [[first, 'onboarding']],
    );
    assert.match(reloaded.stdout, /edge\.reload · edge edge-1\) is queued/);
    assert.equal((await newestJob()).payload.reason, 'new certificate');
    assert.deepEqual([unknown.code, unknown.stderr], [1, 'There is no edge of this name.\n']);
  });

  it('lists drift, restores one finding or all, and adopts a file', async () => {
    assert.match((await bc('drift', 'edge-1')).stdout, /holds what was published/);
    const { rows } = await database.ctx.db.raw('select document::text as text from platform.edge_revision_files');
    const found = rows[0].text.replace('Loja acme', 'By hand');
    await findOnPaper(database.ctx, edge, { kind: 'edited', name: 'acme', tenantId: acme.id, actual: 'live:b', found });
    await findOnPaper(database.ctx, edge, { kind: 'foreign', name: 'suspended/ghost.json' });

    assert.match((await bc('drift', 'edge-1')).stdout, /edited +acme +\S+ +restore or adopt/);
    assert.equal((await bc('restore', 'edge-1', '--name', 'acme')).code, 0);
    assert.equal((await newestJob()).payload.findings.length, 1);
    assert.equal((await bc('restore', 'edge-1')).code, 0);
    assert.equal((await newestJob()).payload.findings.length, 2);
    assert.equal((await bc('restore', 'edge-1', '--name', 'bravo')).code, 1);
    assert.equal((await bc('adopt', 'edge-1', '--store', 'acme')).code, 0);
    assert.equal((await getTenant(database.ctx, 'acme')).name, 'By hand');
  });
});
