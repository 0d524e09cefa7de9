import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { listOpenAlerts } from '#tests/support/untended-streams.ts';
import { JOB_KINDS, requestCancel, retryJob } from '#domain/jobs/index.ts';
import { getTenant, isSlugFree, listNames, renameTenant, updateTenant } from '#domain/tenants/index.ts';
import type { Running } from '#platform/process.ts';
import { JOB_HANDLERS } from '#workers/ops/registry.ts';
import type { JobHandler } from '#workers/ops/job-handler.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';
import { askEdge, enrolEdge, finished, jobIn, newStore, startTestOpsWorker, statusesOf } from '#tests/support/ops.ts';
import { startVisitors, type Visitors } from '#tests/support/visitors.ts';
import { freshSlug } from '#tests/support/tenants.ts';

const STEPS = JOB_KINDS['tenant.rename'].steps;

describe('renaming a store', function () {
  this.timeout(60_000);
  let console: ConsoleDatabase;
  let edge: TestEdge;
  let worker: Running | undefined;
  let prober: Visitors | undefined;

  before(async () => {
    console = await openConsoleDatabase();
    edge = await startTestEdge();
    await enrolEdge(console.ctx, edge);
  });
  after(async () => {
    await edge?.stop();
    await console?.drop();
  });
  afterEach(async () => {
    await prober?.stop();
    await worker?.stop();
    worker = undefined;
  });

  const start = async (handlers?: ReadonlyMap<string, JobHandler>) => {
    worker = await startTestOpsWorker({ url: console.url, edge, ...(handlers && { handlers }) });
  };
  const liveStore = async () => {
    const slug = freshSlug('antiga');
    const { tenant, jobId } = await newStore(console.ctx, slug);
    await jobIn(console.ctx, jobId, ['succeeded']);
    return { id: tenant.id, from: slug, to: freshSlug('nova') };
  };
  /** How the two hosts answer: 200, 308 and to where, 404. */
  const hosts = async ({ from, to }: { from: string; to: string }) =>
    Promise.all(
      [from, to].map(async (slug) => {
        const { status, headers } = await askEdge(edge, slug, '/tenant.json');
        return status === 308 ? `to ${new URL(headers.location!).hostname.split('.')[0]}` : status;
      }),
    );

  it('moves it while it serves: both hosts answer at every moment, and the old one leads to the new one', async () => {
    await start();
    const { id, from, to } = await liveStore();
    prober = startVisitors(edge, [from]);

    const { jobId } = await renameTenant(console.ctx, id, { slug: to });
    const job = await jobIn(console.ctx, jobId, ['succeeded']);

    assert.deepEqual(
      statusesOf(job),
      STEPS.map(() => 'done'),
    );
    assert.deepEqual(await hosts({ from, to }), [`to ${to}`, 200]);
    const { location } = (await askEdge(edge, from, '/web/quotes?q=a%20b')).headers;
    assert.equal(location, `http://${to}.localhost:${new URL(edge.url).port}/web/quotes?q=a%20b`);
    const document = JSON.parse((await askEdge(edge, to, '/tenant.json')).body) as { slug: string };
    assert.equal(document.slug, to);
    const { status, slug } = await getTenant(console.ctx, id);
    assert.deepEqual([status, slug], ['live', to]);
    assert.deepEqual(
      (await listNames(console.ctx, id)).map(({ slug, kind }) => [slug, kind]),
      [[from, 'alias']],
    );
    assert.equal((await readdir(edge.tenantsDir)).includes(`${from}.json`), false);
    assert.deepEqual(await prober.stop(), { from: from, failures: [] });
  });

  it('can be changed and renamed again afterwards, and go back to its first name', async () => {
    await start();
    const { id, from, to } = await liveStore();
    const third = freshSlug('terceira');
    for (const slug of [to, third, from])
      await jobIn(console.ctx, (await renameTenant(console.ctx, id, { slug })).jobId, ['succeeded']);

    const { jobId } = await updateTenant(console.ctx, id, { changes: { name: 'Outro Nome' } });
    await jobIn(console.ctx, jobId!, ['succeeded']);

    assert.deepEqual(await hosts({ from, to }), [200, `to ${from}`]);
    assert.deepEqual(await hosts({ from: third, to: from }), [`to ${from}`, 200]);
    assert.match((await askEdge(edge, from, '/tenant.json')).body, /Outro Nome/);
  });

  /** The product's own job, that breaks for good when it comes to this step. */
  const breakingAt = (broken: string): ReadonlyMap<string, JobHandler> => {
    const handler = JOB_HANDLERS.get('tenant.rename')!;
    const steps = handler.steps.map((step) =>
      step.name !== broken
        ? step
        : {
            ...step,
            async do(...args: Parameters<typeof step.do>) {
              // Its work is done, and must be undone: the worst moment to fail at.
              await step.do(...args);
              throw new Error('broken by the test');
            },
          },
    );
    return new Map([...JOB_HANDLERS, ['tenant.rename', { ...handler, steps }]]);
  };

  for (const step of STEPS.filter((name) => name !== 'finish_rename'))
    it(`leaves the old name serving, with no gap, when it fails for good at ${step}`, async () => {
      await start(breakingAt(step));
      const { id, from, to } = await liveStore();
      prober = startVisitors(edge, [from]);

      const { jobId } = await renameTenant(console.ctx, id, { slug: to });
      const job = await finished(console.ctx, jobId);

      assert.equal(job.status, 'failed');
      assert.deepEqual(await hosts({ from, to }), [200, 404]);
      const { status, slug } = await getTenant(console.ctx, id);
      assert.deepEqual([status, slug], ['live', from]);
      assert.deepEqual(await listNames(console.ctx, id), []);
      assert.equal(await isSlugFree(console.ctx, to), true);
      assert.deepEqual(await listOpenAlerts(console.ctx), []);
      assert.deepEqual(await prober.stop(), { from, failures: [] });

      await worker!.stop();
      await start();
      await retryJob(console.ctx, jobId);
      await jobIn(console.ctx, jobId, ['succeeded']);
      assert.deepEqual(await hosts({ from, to }), [`to ${to}`, 200]);
    });

  it('is undone when it is cancelled before it began', async () => {
    await start();
    const { id, from, to } = await liveStore();
    await worker!.stop();
    const { jobId } = await renameTenant(console.ctx, id, { slug: to });
    await requestCancel(console.ctx, jobId);

    await start();

    assert.equal((await finished(console.ctx, jobId)).status, 'cancelled');
    assert.deepEqual(await hosts({ from, to }), [200, 404]);
    assert.equal((await getTenant(console.ctx, id)).status, 'live');
    assert.equal(await isSlugFree(console.ctx, to), true);
  });
});
