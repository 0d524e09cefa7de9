import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import type { ChildProcess } from 'node:child_process';
import { JOB_KINDS, getJob } from '#domain/jobs/index.ts';
import { getTenant, isSlugFree, type CreatedTenant } from '#domain/tenants/index.ts';
import { withTenant } from '#platform/db/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';
import { askEdge, enrolEdge, finished, kill, newStore, spawnOps, statusesOf } from '#tests/support/ops.ts';
import { openKillPoints, type KillPoint } from './kill-points.ts';

const STEPS = JOB_KINDS['tenant.provision'].steps;

/** Before each step has begun, after each step has done its work, and in between where the edge is ahead of our books. */
const FORWARD: (KillPoint & { where: string; slug: string })[] = [
  ...STEPS.flatMap((name, index) => [
    { position: index + 1, status: 'running', where: `before ${name}`, slug: `before-${index + 1}` },
    { position: index + 1, status: 'done', where: `after the work of ${name}`, slug: `after-${index + 1}` },
  ]),
  { position: 0, status: 'on disk', where: 'with the file on the edge and not in our books', slug: 'on-disk' },
  { position: 0, status: 'succeeded', where: 'before the job is called done', slug: 'at-the-end' },
];

const BACKWARD: (KillPoint & { where: string; slug: string })[] = [
  { position: 0, status: 'undoing', where: 'before it turns round', slug: 'turning' },
  { position: 4, status: 'undone', where: 'after the file was taken off the edge', slug: 'undone-4' },
  { position: 2, status: 'undone', where: 'after the records were deleted', slug: 'undone-2' },
  { position: 1, status: 'undone', where: 'after the name was freed', slug: 'undone-1' },
  { position: 0, status: 'failed', where: 'before the job is called failed', slug: 'giving-up' },
];

/** One real worker after another: a busy machine takes many times what an idle one does. */
const SETUP_WITHIN_MS = 600_000;

describe('a store’s onboarding, the ops worker killed at any point', function () {
  this.timeout(120_000);
  let console: ConsoleDatabase;
  let edge: TestEdge;
  let worker: ChildProcess | undefined;
  let points: Awaited<ReturnType<typeof openKillPoints>> | undefined;
  let restartedAt = 0;
  const stores = new Map<string, CreatedTenant>();

  before(async function () {
    this.timeout(SETUP_WITHIN_MS);
    console = await openConsoleDatabase();
    edge = await startTestEdge();
    await enrolEdge(console.ctx, edge);
    points = await openKillPoints(console.superuserUrl);
    for (const point of [...FORWARD, ...BACKWARD]) {
      const store = await newStore(console.ctx, point.slug);
      stores.set(point.slug, store);
      // A store that was archived meanwhile cannot become live: the last step fails for good, and all is undone.
      if (BACKWARD.includes(point)) await setStatus(store.tenant.id, 'archived');
      await points.arm(store.jobId, point);
      worker = await spawnOps({ url: console.url, edge });
      await points.killThere(worker);
    }
    restartedAt = Date.now();
    worker = await spawnOps({ url: console.url, edge });
  });

  after(async () => {
    if (worker) await kill(worker);
    await points?.close();
    await edge?.stop();
    await console?.drop();
  });

  const setStatus = (id: string, status: string) => console.ctx.db('platform.tenants').where({ id }).update({ status });
  const usersOf = (tenantId: string) =>
    withTenant(console.ctx, tenantId, (tx) => tx.db('construction.users').select('id'));

  for (const { where, slug } of FORWARD)
    it(`ends live, with one of everything, when killed ${where}`, async () => {
      const { tenant, jobId } = stores.get(slug)!;

      const job = await finished(console.ctx, jobId, 30_000);

      assert.equal(job.status, 'succeeded', job.errorMessage);
      assert.ok(job.attempts >= 2, 'it was resumed');
      assert.deepEqual(statusesOf(job), Array(6).fill('done'));
      assert.equal((await getTenant(console.ctx, tenant.id)).status, 'live');
      assert.equal((await askEdge(edge, slug, '/tenant.json')).status, 200);
      assert.equal((await usersOf(tenant.id)).length, 1);
      const revisions = await console.ctx.db('platform.edge_revisions').where({ job_id: jobId }).pluck('outcome');
      assert.deepEqual(revisions, ['confirmed']);
    });

  for (const { where, slug } of BACKWARD)
    it(`ends failed, with nothing left behind, when a hopeless one is killed ${where}`, async () => {
      const { tenant, jobId } = stores.get(slug)!;

      const job = await finished(console.ctx, jobId, 30_000);

      assert.deepEqual([job.status, job.errorCode], ['failed', 'tenant_archived'], job.errorMessage);
      assert.equal((await getTenant(console.ctx, tenant.id)).status, 'failed');
      assert.equal(await isSlugFree(console.ctx, slug), true);
      assert.deepEqual(await usersOf(tenant.id), []);
      assert.equal((await readdir(edge.tenantsDir)).includes(`${slug}.json`), false);
      const served = await console.ctx.db('platform.edge_files').where({ tenant_id: tenant.id });
      assert.deepEqual(served, []);
    });

  it('goes on within seconds of the restart, not when the queue’s own lock runs out', async () => {
    const jobs = await Promise.all([...stores.values()].map(({ jobId }) => getJob(console.ctx, jobId)));

    const waitsMs = jobs.map((job) => job.finishedAt!.getTime() - restartedAt);

    assert.ok(Math.max(...waitsMs) < 12_000, `the last one ended ${Math.max(...waitsMs)} ms after the restart`);
  });
});
