import assert from 'node:assert/strict';
import { readWaiting } from '#domain/streams/index.ts';
import { listReadings } from '#domain/streams/readings.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';
import { openFigures, type Figures } from './brute-force.ts';

describe('readStreams', () => {
  let pipeline: Pipeline;
  let figures: Figures;

  before(async () => {
    pipeline = await createPipeline();
    figures = openFigures(pipeline);
  });
  after(async () => {
    await figures.stop();
    await pipeline.remove();
  });

  const read = () => figures.read();
  const bruteForce = () => figures.truth();
  const assertAgrees = () => figures.assertAgrees();

  it('knows nothing of processes before the first of them lived', async () => {
    const report = await assertAgrees();

    assert.deepEqual(
      [
        report.status,
        report.relay.status,
        report.engines.status,
        report.rates.oneMinute,
        report.oldestUnprocessedAgeMs,
      ],
      ['UNKNOWN', 'UNKNOWN', 'UNKNOWN', undefined, undefined],
    );
  });

  it('agrees with a count of every row at each stage: unpublished, published, processed', async () => {
    const [one, two] = [await pipeline.createTenant(), await pipeline.createTenant()];
    await pipeline.publish(one, saleRecorded(), saleRecorded());
    await pipeline.publish(two, saleRecorded());
    assert.equal((await assertAgrees()).unpublished, 3);

    await pipeline.startRelay();
    await eventually(async () => (await read()).unpublished === 0);
    const published = await assertAgrees();
    assert.equal(published.backlog, 3);
    assert.equal(published.redis.facts?.lag, 3);

    await pipeline.startEngines();
    await eventually(async () => (await read()).backlog === 0);
    await assertAgrees();
    await pipeline.publish(two, saleRecorded());
    await eventually(async () => (await bruteForce()).processed === 4);
    await assertAgrees();
  });

  it('tells how long events took, to the stream and to their effect', async () => {
    const store = await pipeline.createTenant();
    await eventually(async () => {
      await pipeline.publish(store, saleRecorded());
      const { delays } = await read();
      return delays.publish && delays.effect;
    });
    await eventually(async () => (await read()).backlog === 0);

    const { delays } = await assertAgrees();

    assert.ok(delays.publish!.p50 <= delays.publish!.p99);
    assert.ok(delays.effect!.p50 > 0 && delays.effect!.p95 < 15_000);
  });

  it('shows who reads the stream in Redis, and how full Redis is', async () => {
    const { redis } = await read();

    assert.match(redis.facts!.consumers[0]!.name, /:\d+$/);
    assert.deepEqual(
      redis.facts!.consumers.map(({ pending }) => pending),
      [0],
    );
    assert.ok(redis.memory!.usedBytes > 0);
  });

  it('stays right when Redis was flushed, whose own lag is not', async () => {
    const tenant = await pipeline.createTenant();
    await pipeline.look.client.flushall();
    await pipeline.publish(tenant, saleRecorded(), saleRecorded());

    await eventually(async () => (await read()).backlog === 0);

    await assertAgrees();
  });

  it('names who is at work once both have been heard of', async () => {
    const report = await read();

    assert.deepEqual([report.relay.status, report.engines.status, report.status], ['OK', 'OK', 'OK']);
    assert.match(report.relay.instance!, /:\d+$/);
    assert.deepEqual([report.relay.alive, report.engines.alive], [1, 1]);
  });

  it('goes on from PostgreSQL alone while Redis is away, its figures marked stale', async () => {
    const before = await read();
    await pipeline.redis.stop();

    const report = await eventually(async () => {
      const found = await read();
      return found.redis.isStale ? found : undefined;
    });

    assert.deepEqual([report.redis.status, report.redis.reason], ['UNKNOWN', 'no_answer']);
    assert.deepEqual(report.redis.facts, before.redis.facts);
    assert.ok(report.redis.asOf!.getTime() < report.asOf.getTime());
    await assertAgrees();
    await pipeline.redis.start();
  });
});

describe('readWaiting', () => {
  let pipeline: Pipeline;
  let figures: Figures;

  before(async () => {
    pipeline = await createPipeline();
    figures = openFigures(pipeline);
  });
  after(async () => {
    await figures.stop();
    await pipeline.remove();
  });

  it('names who has the most waiting, who has waited longest, and of which type it is', async () => {
    const [patient, busy] = [await pipeline.createTenant(), await pipeline.createTenant()];
    await pipeline.publish(patient, saleRecorded());
    await pipeline.publish(busy, saleRecorded(), saleRecorded(), saleRecorded());

    const { tenants, types } = await readWaiting(figures.ctx, (await figures.read()).backlog);

    assert.deepEqual(
      tenants.byBacklog.map(({ key, count }) => [key, count]),
      [
        [busy, 3],
        [patient, 1],
      ],
    );
    assert.deepEqual(
      tenants.byAge.map(({ key }) => key),
      [patient, busy],
    );
    assert.equal(tenants.byAge[0]!.label, `store-${patient.slice(-8)}`);
    assert.deepEqual(
      types.byBacklog.map(({ label, count }) => [label, count]),
      [['sale_recorded', 4]],
    );
    assert.equal(tenants.isEstimate, false);
  });

  it('counts what a paused store waits with, and does not hold it against the relay', async () => {
    const store = await pipeline.createTenant();
    await pipeline.rows(
      `insert into events.pauses (id, stream, consumer_group, scope, target, reason, paused_by, paused_at)
       values (gen_random_uuid(), 'events:construction', 'engines', 'tenant', $1, 'test', 'olivia', now())`,
      [store],
    );
    const before = await listReadings(figures.ctx.db, 'events:construction');
    const { unpublished } = await figures.read();
    await pipeline.publish(store, saleRecorded(), saleRecorded());

    const relay = (await listReadings(figures.ctx.db, 'events:construction')).find(({ group }) => group === 'relay')!;

    assert.equal(relay.backlog, before.find(({ group }) => group === 'relay')!.backlog);
    assert.equal(relay.parked, 2);
    assert.equal((await figures.assertAgrees()).unpublished, unpublished + 2);
  });

  it('estimates the counts of a backlog that is too large to be counted, and finds who has most of it', async () => {
    const [flood, few] = [await pipeline.createTenant(), await pipeline.createTenant()];
    await pipeline.rows(
      `insert into events.pending (tenant_id, event_id, seq, type, created_at)
       select case when n % 10 = 0 then $2::uuid else $1::uuid end, gen_random_uuid(), n, 'sale_recorded', clock_timestamp()
         from generate_series(1, 60000) n`,
      [flood, few],
    );

    const { tenants } = await readWaiting(figures.ctx, (await figures.read()).backlog);

    assert.equal(tenants.isEstimate, true);
    assert.equal(tenants.byBacklog[0]!.key, flood);
    assert.ok(Math.abs(tenants.byBacklog[0]!.count - 54_000) < 27_000, String(tenants.byBacklog[0]!.count));
  });
});
