import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { LEASE_MS, LeaseLost, requestCancel } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { openDatabase, withTransaction } from '#platform/db/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { CancelRequested, createLeases, type HeldJob, type Leases } from '#workers/ops/leases.ts';

describe('the leases of a worker', () => {
  let console: ConsoleDatabase;
  let ctx: Context;
  let leases: Leases;

  before(async () => {
    console = await openConsoleDatabase();
    ctx = console.ctx;
  });
  beforeEach(() => {
    leases = createLeases('test');
  });
  afterEach(() => mock.restoreAll());
  after(() => console?.drop());

  const takeNew = async (): Promise<HeldJob> => {
    const request = { kind: 'test.work', subject: 'a test', payload: {}, steps: ['one'] };
    const id = await withTransaction(ctx, (tx) => tx.jobs.enqueue(request));
    return (await leases.take(ctx, id))!;
  };
  const changeJob = (held: HeldJob, change: object) =>
    ctx.db('platform.jobs').where({ id: held.job.id }).update(change);
  const letTimePass = (ms: number) => {
    const clock = performance.now.bind(performance);
    mock.method(performance, 'now', () => clock() + ms);
  };

  it('tell a job at the next renewal that another worker has it, and leave the others alone', async () => {
    const [lost, kept] = [await takeNew(), await takeNew()];
    await changeJob(lost, { lease_owner: 'another' });

    await leases.renew(ctx);

    assert.ok(lost.lost.reason instanceof LeaseLost);
    assert.equal(kept.lost.aborted, false);
  });

  it('are given up while the database is silent, once another worker may have taken them', async () => {
    const held = await takeNew();
    const database = openDatabase({ url: console.url, poolMax: 1, applicationName: 'test', log: silentLogger });
    await database.stop();
    const renewInVain = () => assert.rejects(leases.renew({ ...ctx, db: database.db }));

    await renewInVain();
    assert.equal(held.lost.aborted, false, 'nobody can have it yet');
    letTimePass(LEASE_MS);
    await renewInVain();

    assert.ok(held.lost.reason instanceof LeaseLost);
  });

  it('last as long as they are renewed', async () => {
    const held = await takeNew();
    letTimePass(LEASE_MS);

    await leases.renew(ctx);

    assert.equal(held.lost.aborted, false);
  });

  it('pass on that an operator cancels the job, but not to one that is being undone', async () => {
    const [running, undoing] = [await takeNew(), await takeNew()];
    for (const { job } of [running, undoing]) await requestCancel(ctx, job.id);
    await changeJob(undoing, { status: 'undoing' });

    await leases.renew(ctx);

    assert.ok(running.cancelled.reason instanceof CancelRequested);
    assert.equal(undoing.cancelled.aborted, false);
  });

  it('forget a job that is released', async () => {
    const held = await takeNew();

    held.release();

    assert.equal(leases.count(), 0);
    await changeJob(held, { lease_owner: 'another' });
    await leases.renew(ctx);
    assert.equal(held.lost.aborted, false);
  });
});
