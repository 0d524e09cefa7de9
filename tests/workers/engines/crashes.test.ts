import assert from 'node:assert/strict';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';

const STREAM = 'events:construction';

describe('an engines worker that is killed', () => {
  let pipeline: Pipeline;

  beforeEach(async () => {
    pipeline = await createPipeline();
    await pipeline.startRelay();
  });
  afterEach(() => pipeline?.remove());

  const pending = async () => ((await pipeline.look.client.xpending(STREAM, 'engines')) as [number])[0];

  const untilWorkerWaits = () =>
    eventually(async () => {
      const waiting = await pipeline.rows(
        `select 1 from pg_stat_activity where usename = 'bc_worker' and wait_event_type = 'Lock'`,
      );
      return waiting.length > 0;
    });

  /** The same mark as the worker's, uncommitted, makes the worker's transaction wait in its first statement. */
  const holdMarkOf = (tenant: string, eventId: string) =>
    pipeline.hold(
      `insert into events.processed (consumer_group, tenant_id, event_id, event_day, outcome, processed_at)
       select 'engines', o.tenant_id, o.event_id, events.day_of(o.created_at), 'applied', now()
         from events.outbox o where o.tenant_id = $1 and o.event_id = $2`,
      [tenant, eventId],
    );

  it('inside the transaction has no effect, and its successor has it once', async () => {
    const tenant = await pipeline.createTenant();
    const [eventId] = await pipeline.publish(tenant, saleRecorded('3.00'));
    const release = await holdMarkOf(tenant, eventId!);
    const engines = await pipeline.startEngines();
    await untilWorkerWaits();

    await engines.kill();
    await release();
    assert.equal((await pipeline.figureOf(tenant)).sales, 0);
    await pipeline.startEngines(engines.port);

    await eventually(async () => (await pipeline.figureOf(tenant)).sales === 1 && (await pending()) === 0);
    assert.deepEqual(await pipeline.rows('select 1 from events.retries'), []);
  });

  it('by its own deadline, asked to stop while an event hangs, has no effect, and its successor has it once', async function () {
    this.timeout(40_000);
    const tenant = await pipeline.createTenant();
    const [eventId] = await pipeline.publish(tenant, saleRecorded('3.00'));
    const release = await holdMarkOf(tenant, eventId!);
    const engines = await pipeline.startEngines();
    await untilWorkerWaits();

    const askedAt = performance.now();
    await engines.stop();
    const seconds = (performance.now() - askedAt) / 1000;
    await release();
    await pipeline.startEngines(engines.port);

    await eventually(async () => (await pipeline.figureOf(tenant)).sales === 1, { timeoutMs: 20_000 });
    assert.ok(seconds < 11, `${seconds} s`);
  });

  it('between commit and acknowledgement has its effect once', async () => {
    const tenant = await pipeline.createTenant();
    const [eventId] = await pipeline.publish(tenant, saleRecorded('3.00'));
    const release = await holdMarkOf(tenant, eventId!);
    const engines = await pipeline.startEngines();
    await untilWorkerWaits();
    await pipeline.look.client.call('CLIENT', 'PAUSE', '30000', 'WRITE');
    await release();
    await eventually(async () => (await pipeline.figureOf(tenant)).sales === 1);

    await engines.kill();
    await pipeline.look.client.call('CLIENT', 'UNPAUSE');
    assert.equal(await pending(), 1);
    await pipeline.startEngines(engines.port);

    await eventually(async () => (await pending()) === 0);
    assert.deepEqual(await pipeline.figureOf(tenant), { sales: 1, revenue: '3.00' });
    assert.deepEqual(await pipeline.rows('select settled::int from events.consumer_shards'), [{ settled: 1 }]);
  });

  it('and never comes back is replaced by one of another name, which settles what it had in hand', async function () {
    this.timeout(30_000);
    const tenant = await pipeline.createTenant();
    const first = await pipeline.startEngines();
    await pipeline.publish(tenant, saleRecorded('3.00'));
    await eventually(async () => (await pipeline.figureOf(tenant)).revenue === '3.00');
    const standby = await pipeline.startEngines();
    const release = await pipeline.hold('lock table events.processed in access exclusive mode');
    await pipeline.publish(tenant, saleRecorded('4.00'));
    await untilWorkerWaits();
    await first.kill();
    await release();

    await eventually(async () => (await pipeline.figureOf(tenant)).revenue === '7.00' && (await pending()) === 0, {
      timeoutMs: 15_000,
    });
    const [shard] = await pipeline.rows<{ owner: string }>('select owner from events.consumer_shards');
    assert.match(shard!.owner, new RegExp(`:${standby.port}$`));
  });

  it('loses and doubles nothing under load', async function () {
    this.timeout(60_000);
    const tenants = await Promise.all(Array.from({ length: 5 }, () => pipeline.createTenant()));
    // Each store one after another: 300 at once would wait for a connection longer than the pool lets them.
    const publishing = Promise.all(
      tenants.map(async (tenant) => {
        for (let i = 0; i < 60; i++) await pipeline.publish(tenant, saleRecorded('1.00'));
      }),
    );
    const settled = async () => (await pipeline.rows('select 1 from events.processed')).length;
    const first = await pipeline.startEngines();
    await eventually(async () => (await settled()) > 20);
    await first.kill();
    const second = await pipeline.startEngines(first.port);
    const seen = await settled();
    await eventually(async () => (await settled()) > seen || (await settled()) === 300);
    await second.kill();
    await pipeline.startEngines(first.port);
    await publishing;

    for (const tenant of tenants)
      await eventually(async () => assert.equal((await pipeline.figureOf(tenant)).revenue, '60.00') ?? true);
  });
});

describe('an engines worker whose database goes away', () => {
  let pipeline: Pipeline;

  before(async () => {
    pipeline = await createPipeline();
    await Promise.all([pipeline.startRelay(), pipeline.startEngines()]);
  });
  after(() => pipeline.remove());

  it('blames no event for it', async () => {
    const tenant = await pipeline.createTenant();
    const release = await pipeline.hold('lock table events.processed in access exclusive mode');
    const waiting = `select pid from pg_stat_activity where usename = 'bc_worker' and wait_event_type = 'Lock'`;
    await pipeline.publish(tenant, saleRecorded('3.00'));
    await eventually(async () => (await pipeline.rows(waiting)).length > 0);

    await pipeline.rows(`select pg_terminate_backend(pid) from (${waiting}) w`);
    await eventually(async () => (await pipeline.rows(waiting)).length > 0);

    await release();
    await eventually(async () => (await pipeline.figureOf(tenant)).revenue === '3.00');
    assert.deepEqual(await pipeline.rows('select 1 from events.retries'), []);
  });
});
