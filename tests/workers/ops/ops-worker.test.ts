import assert from 'node:assert/strict';
import { getJob, LeaseLost } from '#domain/jobs/index.ts';
import { connected } from '#ops/local/roles.ts';
import { withTransaction } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { deliverJob } from '#platform/jobs/queries.ts';
import type { Running } from '#platform/process.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { eventually } from '#tests/support/eventually.ts';
import { finished, handlerOf, said, startTestOpsWorker, type FakeSteps } from '#tests/support/ops.ts';

describe('ops workers', () => {
  let console: ConsoleDatabase;
  let steps: FakeSteps;
  let workers: Running[];

  beforeEach(async () => {
    workers = [];
    console = await openConsoleDatabase();
  });

  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await console?.drop();
  });

  const startWorker = async () => {
    const worker = await startTestOpsWorker({ url: console.url, handlers: handlerOf('test.work', () => steps) });
    workers.push(worker);
    return worker;
  };

  const enqueue = (tenantId?: string, names = Object.keys(steps)) =>
    withTransaction(console.ctx, (tx) => {
      const request = { kind: 'test.work', subject: 'a test', payload: {}, steps: names };
      return tx.jobs.enqueue({ ...request, ...(tenantId !== undefined && { tenantId }) });
    });

  it('share the work and run no job twice', async () => {
    const runs: string[] = [];
    steps = { one: { do: async (_ctx, _payload, { jobId }) => `${runs.push(jobId)}` } };
    await startWorker();
    await startWorker();

    const ids = await Promise.all(Array.from({ length: 20 }, () => enqueue()));
    for (const id of ids) assert.equal((await finished(console.ctx, id)).status, 'succeeded');

    assert.deepEqual(runs.toSorted(), ids.toSorted());
  });

  it('leave a job alone that another has in hand, however often it is delivered', async () => {
    const gate = Promise.withResolvers<string>();
    let runs = 0;
    steps = { one: { do: () => (runs++, gate.promise) } };
    await startWorker();
    await startWorker();
    const id = await enqueue();
    await eventually(() => runs === 1);

    for (let i = 0; i < 5; i++) await deliverJob(console.database.db, id);
    await eventually(async () => (await unlockedDeliveries()) === 0);
    gate.resolve('done');
    const job = await finished(console.ctx, id);

    assert.deepEqual([job.status, job.attempts, runs], ['succeeded', 1, 1]);
  });

  const unlockedDeliveries = async () => {
    const { rows } = await console.database.db.raw('select from graphile_worker.jobs where locked_at is null');
    return rows.length;
  };

  it('stop at a lost lease and let the new holder end the job', async () => {
    const reasons: unknown[] = [];
    const first = Promise.withResolvers<string>();
    let runs = 0;
    steps = {
      one: {
        async do(_ctx, _payload, { signal }) {
          if (++runs > 1) return 'by the new holder';
          signal.addEventListener('abort', () => {
            reasons.push(signal.reason);
            first.resolve('by the old holder');
          });
          return first.promise;
        },
      },
    };
    await startWorker();
    const id = await enqueue();
    await eventually(() => runs === 1);

    await console.ctx
      .db('platform.jobs')
      .where({ id })
      .update({ lease_until: new Date(0) });
    await deliverJob(console.database.db, id);
    const job = await finished(console.ctx, id);
    await eventually(() => reasons.length === 1, { timeoutMs: 10_000 });

    assert.ok(reasons[0] instanceof LeaseLost);
    assert.deepEqual([job.status, job.steps[0]?.output], ['succeeded', said('by the new holder')]);
  });

  it('run the jobs of one tenant one at a time, in the order they were asked for', async () => {
    const tenantId = newId();
    const now = new Date();
    await console.ctx.db('platform.tenants').insert({
      id: tenantId,
      slug: 'acme',
      name: 'Acme',
      status: 'live',
      admin_email: 'a@acme.example',
      status_changed_at: now,
      created_at: now,
      updated_at: now,
    });
    const order: string[] = [];
    let atOnce = 0;
    steps = {
      one: {
        async do(ctx, _payload, { jobId }) {
          assert.equal(++atOnce, 1);
          await ctx.db.raw('select pg_sleep(0.02)');
          atOnce--;
          return `${order.push(jobId)}`;
        },
      },
    };
    const ids: string[] = [];
    for (let i = 0; i < 6; i++) ids.push(await enqueue(tenantId));

    await startWorker();
    await startWorker();
    await finished(console.ctx, ids.at(-1)!);

    assert.deepEqual(order, ids);
  });

  it('give back what they cannot end when they are stopped, and another goes on with it', async () => {
    const gate = Promise.withResolvers<string>();
    const done: string[] = [];
    steps = {
      one: { do: () => (done.push('one'), gate.promise) },
      two: { do: async () => `${done.push('two')}` },
    };
    const worker = await startWorker();
    const id = await enqueue();
    await eventually(() => done.length === 1);

    const stopped = worker.stop();
    gate.resolve('done');
    await stopped;
    workers = [];
    const givenBack = await getJob(console.ctx, id);
    await startWorker();
    const job = await finished(console.ctx, id);

    assert.deepEqual(
      givenBack.steps.map((step) => step.status),
      ['done', 'pending'],
    );
    assert.equal(job.status, 'succeeded');
    assert.deepEqual(done, ['one', 'two']);
  });

  it('bring back a job that the queue has lost', async () => {
    steps = { one: { do: async () => 'done' } };
    const id = await enqueue();
    await console.ctx.db('graphile_worker._private_jobs').delete();

    await startWorker();

    assert.equal((await finished(console.ctx, id)).status, 'succeeded');
  });

  it('bring back a job that a dead worker had locked in the queue', async () => {
    steps = { one: { do: async () => 'done' } };
    const id = await enqueue();
    const queued = console.ctx.db('graphile_worker._private_jobs');
    await queued.update({ locked_by: 'dead', locked_at: console.ctx.db.raw(`now() - interval '10 s'`), attempts: 1 });

    await startWorker();

    assert.equal((await finished(console.ctx, id)).status, 'succeeded');
  });

  it('go on after PostgreSQL cut every connection', async () => {
    steps = { one: { do: async () => 'done' } };
    await startWorker();
    await connected(console.superuserUrl, (client) =>
      client.query(`select pg_terminate_backend(pid) from pg_stat_activity
                     where datname = current_database() and application_name = 'ops-test'`),
    );
    const job = await finished(console.ctx, await enqueue());

    assert.equal(job.status, 'succeeded');
  });

  it('say every few seconds that they live', async () => {
    await startWorker();

    const beat = () => console.ctx.db('platform.heartbeats').where({ process: 'ops' }).first<{ beat_at: Date }>();
    const first = await eventually(beat);
    const second = await eventually(async () => {
      const now = await beat();
      return now.beat_at > first.beat_at ? now : undefined;
    });

    assert.ok(second.beat_at.getTime() - first.beat_at.getTime() < 5000);
  });

  it('say so when they are stopped, so that nobody takes their silence for a stall', async () => {
    await startWorker();

    await workers.pop()!.stop();

    const last = await console.ctx.db('platform.heartbeats').where({ process: 'ops' }).first<{ detail: object }>();
    assert.deepEqual({ ...last.detail, pid: 0 }, { state: 'stopped', pid: 0 });
  });
});
