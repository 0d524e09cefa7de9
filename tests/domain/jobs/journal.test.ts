import assert from 'node:assert/strict';
import {
  beginStep,
  beginUndo,
  endJob,
  finishStep,
  getJob,
  giveBack,
  keepLeases,
  LeaseLost,
  pauseJob,
  recordUndo,
  takeJob,
  type Lease,
} from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';

const FAILURE = { code: 'no_luck', message: 'There was no luck.' };

/** Every way in which a worker writes to the journal. */
const WRITES: Record<string, (ctx: Context, lease: Lease) => Promise<void>> = {
  'begin a step': (ctx, lease) => beginStep(ctx, lease, 1),
  'finish a step': (ctx, lease) =>
    finishStep(ctx, lease, 1, [{ key: 'said', values: { text: 'done by the old holder' } }]),
  'lay the job aside': (ctx, lease) => pauseJob(ctx, lease, { position: 1, delayMs: 0, errorMessage: 'later' }),
  'give the job back': giveBack,
  'turn round': (ctx, lease) => beginUndo(ctx, lease, FAILURE),
  'turn round at a step': (ctx, lease) => beginUndo(ctx, lease, FAILURE, 1),
  'end the job': (ctx, lease) => endJob(ctx, lease, { status: 'succeeded' }),
  'record an undo': async (ctx, lease) =>
    recordUndo(ctx, lease, (await getJob(ctx, lease.job.id)).steps[0]!, 'could not be undone'),
};

describe('in the journal of a job', () => {
  let console: ConsoleDatabase;
  let ctx: Context;

  before(async () => {
    console = await openConsoleDatabase();
    ctx = console.ctx;
  });
  after(() => console?.drop());

  const jobs = () => ctx.db('platform.jobs');
  const enqueue = (tenantId?: string) =>
    withTransaction(ctx, (tx) => {
      const request = { kind: 'test.work', subject: 'a test', payload: {}, steps: ['one', 'two'] };
      return tx.jobs.enqueue({ ...request, ...(tenantId !== undefined && { tenantId }) });
    });
  const insertTenant = async () => {
    const [id, now] = [newId(), new Date()];
    const store = { id, slug: 'acme', name: 'Acme', status: 'live', admin_email: 'a@acme.example' };
    await ctx.db('platform.tenants').insert({ ...store, status_changed_at: now, created_at: now, updated_at: now });
    return id;
  };
  const take = async (id: string, owner: string) => (await takeJob(ctx, { id, owner }))!;
  const letRunOut = (id: string) =>
    jobs()
      .where({ id })
      .update({ lease_until: new Date(0) });
  const leaseUntil = async (id: string) => (await jobs().where({ id }).first<{ lease_until: Date }>()).lease_until;
  /** All that is written of a job, the queue's part too. */
  const writtenOf = async (id: string) => ({
    job: await jobs().where({ id }).first(),
    steps: await ctx.db('platform.job_steps').where({ job_id: id }).orderBy('position'),
    queued: (await ctx.db('graphile_worker.jobs').where({ key: `job:${id}` })) as unknown[],
  });

  for (const [what, write] of Object.entries(WRITES)) {
    it(`a worker whose lease ran out cannot ${what}, though nobody has taken the job yet`, async () => {
      const lease = await take(await enqueue(), 'sleeper');
      await letRunOut(lease.job.id);
      const before = await writtenOf(lease.job.id);

      await assert.rejects(write(ctx, lease), LeaseLost);

      assert.deepEqual(await writtenOf(lease.job.id), before);
    });

    it(`a worker whose job another has by now cannot ${what}`, async () => {
      const lease = await take(await enqueue(), 'sleeper');
      await letRunOut(lease.job.id);
      await take(lease.job.id, 'successor');
      const before = await writtenOf(lease.job.id);

      await assert.rejects(write(ctx, lease), LeaseLost);

      assert.deepEqual(await writtenOf(lease.job.id), before);
    });

    it(`a worker that holds the job can ${what}`, async () => {
      const lease = await take(await enqueue(), 'holder');
      const before = await writtenOf(lease.job.id);

      await write(ctx, lease);

      assert.notDeepEqual(await writtenOf(lease.job.id), before);
    });
  }

  it('the end of a job hands the next one of its tenant to the queue, which had let go of it', async () => {
    const tenantId = await insertTenant();
    const [first, second] = [await enqueue(tenantId), await enqueue(tenantId)];
    const lease = await take(first, 'holder');
    assert.equal(await takeJob(ctx, { id: second, owner: 'early' }), undefined, 'it has to wait');
    await ctx
      .db('graphile_worker._private_jobs')
      .where({ key: `job:${second}` })
      .delete();

    await endJob(ctx, lease, { status: 'failed' });

    assert.equal((await writtenOf(second)).queued.length, 1);
  });

  it('one worker at a time holds the job, until its lease runs out', async () => {
    const id = await enqueue();
    await take(id, 'first');

    assert.equal(await takeJob(ctx, { id, owner: 'second' }), undefined);
    await letRunOut(id);

    assert.equal((await take(id, 'second')).owner, 'second');
  });

  it('a worker that renews in time holds the job for longer, and one that is late does not', async () => {
    const [timely, late] = [await enqueue(), await enqueue()];
    await take(timely, 'timely');
    await take(late, 'late');
    await letRunOut(late);
    const before = await leaseUntil(timely);

    const kept = await keepLeases(ctx, ['timely', 'late']);

    assert.deepEqual(kept, [{ owner: 'timely', cancelRequested: false }]);
    assert.ok((await leaseUntil(timely)) > before);
    assert.deepEqual(await leaseUntil(late), new Date(0));
  });
});
