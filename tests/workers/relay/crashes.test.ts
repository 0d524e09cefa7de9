import assert from 'node:assert/strict';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';

const STREAM = 'events:construction';

describe('a relay that is killed', () => {
  let pipeline: Pipeline;

  beforeEach(async () => {
    pipeline = await createPipeline();
  });
  afterEach(() => pipeline?.remove());

  const untilRelayWaitsFor = (query: string) =>
    eventually(async () => {
      const waiting = await pipeline.rows(
        `select 1 from pg_stat_activity where usename = 'bc_relay' and wait_event_type = 'Lock' and query like $1`,
        [query],
      );
      return waiting.length > 0;
    });

  /** Everything was published once and settled once, whatever happened before. */
  const assertNothingLostOrDoubled = async (tenant: string, sales: number) => {
    await eventually(async () => assert.equal((await pipeline.figureOf(tenant)).sales, sales) ?? true);
    await eventually(async () => (await pipeline.rows('select 1 from events.pending')).length === 0);
    const counted = `select (s.published + c.settled_unmarked)::int as published, c.settled::int as settled
                       from events.shards s join events.consumer_shards c using (stream, shard)`;
    assert.deepEqual(await pipeline.rows(counted), [{ published: sales, settled: sales }]);
  };

  it('before it published loses nothing', async () => {
    const relay = await pipeline.startRelay();
    const tenant = await pipeline.createTenant();
    await pipeline.publish(tenant, saleRecorded());
    const release = await pipeline.hold('lock table events.pending in access exclusive mode');
    await untilRelayWaitsFor('%events.pending%');

    await relay.kill();
    await release();
    await Promise.all([pipeline.startRelay(relay.port), pipeline.startEngines()]);

    await assertNothingLostOrDoubled(tenant, 1);
  });

  it('between the stream and the mark publishes again, and the effect happens once', async () => {
    const tenant = await pipeline.createTenant();
    const relay = await pipeline.startRelay();
    await eventually(async () => (await pipeline.look.client.exists(`${STREAM}:identity`)) === 1);
    const release = await pipeline.hold('select 1 from events.shards for update');
    await pipeline.publish(tenant, saleRecorded(), saleRecorded());
    await untilRelayWaitsFor('%update events.pending%');

    await relay.kill();
    // Its server process would otherwise only notice after it has done what it waits for.
    await pipeline.rows(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'bc_relay'`);
    await release();
    await pipeline.startRelay(relay.port);
    await eventually(async () => (await pipeline.look.client.xlen(STREAM)) === 4);
    await pipeline.startEngines();

    await assertNothingLostOrDoubled(tenant, 2);
  });

  it('after the mark does not publish again', async () => {
    const tenant = await pipeline.createTenant();
    const relay = await pipeline.startRelay();
    await pipeline.publish(tenant, saleRecorded());
    await eventually(async () => {
      const marked = await pipeline.rows('select 1 from events.pending where published_at is not null');
      return marked.length === 1;
    });

    await relay.kill();
    await Promise.all([pipeline.startRelay(relay.port), pipeline.startEngines()]);
    await pipeline.publish(tenant, saleRecorded());

    await assertNothingLostOrDoubled(tenant, 2);
    assert.equal(await pipeline.look.client.xlen(STREAM), 2);
  });
});
