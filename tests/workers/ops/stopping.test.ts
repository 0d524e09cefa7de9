import assert from 'node:assert/strict';
import { listOpenAlerts } from '#tests/support/untended-streams.ts';
import { getJob } from '#domain/jobs/index.ts';
import { withTransaction } from '#platform/db/index.ts';
import { CancelJob } from '#platform/jobs/steering.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createSshPool } from '#platform/ssh/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { handlerOf, statusesOf, type FakeSteps } from '#tests/support/ops.ts';
import type { JobContext } from '#workers/ops/job-handler.ts';
import { createLeases } from '#workers/ops/leases.ts';
import { runJob, type JobRunner } from '#workers/ops/run-job.ts';

describe('a job whose worker must stop at once', () => {
  let console: ConsoleDatabase;
  let ctx: JobContext;
  let stopNow: AbortController;
  let runner: JobRunner;
  let steps: FakeSteps;

  before(async () => {
    console = await openConsoleDatabase();
    // There is no machine in this test.
    const ssh = createSshPool({ keysDir: '/nonexistent', log: silentLogger });
    ctx = { ...console.ctx, ssh, baseDomain: 'localhost', archivesDir: '/nonexistent' };
  });
  beforeEach(() => {
    stopNow = new AbortController();
    runner = {
      contextFor: () => ctx,
      handlers: handlerOf('test.work', () => steps),
      leases: createLeases('test'),
      retry: { attempts: 2, firstDelayMs: 0 },
      stopping: new AbortController().signal,
      stopNow: stopNow.signal,
    };
  });
  after(() => console?.drop());

  const runNew = async () => {
    const request = { kind: 'test.work', subject: 'a test', payload: {}, steps: Object.keys(steps) };
    const id = await withTransaction(ctx, (tx) => tx.jobs.enqueue(request));
    // The queue forgets a job when its turn is over.
    await ctx.db('graphile_worker._private_jobs').delete();
    await runJob(runner, ctx, id);
    const { lease_owner: owner } = await ctx.db('platform.jobs').where({ id }).first<{ lease_owner: string | null }>();
    const queued = await ctx.db('graphile_worker.jobs').pluck<string[]>('key');
    assert.deepEqual([owner, queued], [null, [`job:${id}`]], 'anybody can have it at once');
    return getJob(ctx, id);
  };
  /** Is at work when the process must stop, and lets go with an error of its own. */
  const stoppedIn = async (signal: AbortSignal): Promise<never> => {
    stopNow.abort();
    assert.ok(signal.aborted);
    throw new Error('cut off');
  };

  it('is given back in the middle of a step, which is not undone and counts as no failure', async () => {
    let undone = 0;
    steps = {
      one: {
        do: (_ctx, _payload, { signal }) => stoppedIn(signal),
        undo: async () => void (undone += 1),
      },
    };

    const job = await runNew();

    assert.deepEqual([job.status, job.errorCode], ['running', undefined]);
    assert.deepEqual([statusesOf(job), undone], [['running'], 0]);
  });

  it('is given back in the middle of an undo, which is not called impossible', async () => {
    steps = {
      one: {
        do: async () => 'done',
        undo: (_ctx, _payload, { signal }) => stoppedIn(signal),
      },
      two: { do: () => Promise.reject(new CancelJob('no_luck', 'There was no luck.')) },
    };

    const job = await runNew();

    assert.deepEqual([job.status, job.errorMessage], ['undoing', 'There was no luck.']);
    assert.deepEqual(statusesOf(job), ['done', 'failed']);
    assert.deepEqual(await listOpenAlerts(ctx), []);
  });
});
