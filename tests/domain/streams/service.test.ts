import assert from 'node:assert/strict';
import { readStreams } from '#domain/streams/index.ts';
import { systemClock } from '#platform/clock.ts';
import { createContext, type Context } from '#platform/context.ts';
import { openDatabase, type Database } from '#platform/db/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';

describe('readStreams', () => {
  let pipeline: Pipeline;
  let database: Database;
  let ctx: Context;

  before(async () => {
    pipeline = await createPipeline();
    const url = pipeline.database.url('bc_console');
    database = openDatabase({ url, poolMax: 4, applicationName: 'test', log: silentLogger });
    const actor = { kind: 'system', label: 'test' } as const;
    ctx = createContext({ db: database.db, log: silentLogger, clock: systemClock, actor, requestId: 'test' });
  });
  after(async () => {
    await database.stop();
    await pipeline.remove();
  });

  const read = async () => (await readStreams(ctx, pipeline.look))[0]!;

  /** The same figures, counted row by row. */
  const bruteForce = async () => {
    const [row] = await pipeline.rows(
      `select count(*)::int as events, count(p.event_id)::int as processed,
              count(*) filter (where w.event_id is null or w.published_at is not null)::int as published,
              min(o.created_at) filter (where p.event_id is null) as oldest
         from events.outbox o left join events.processed p using (tenant_id, event_id)
         left join events.pending w using (tenant_id, event_id)`,
    );
    return row as { events: number; published: number; processed: number; oldest: Date | null };
  };

  const assertAgrees = async () => {
    const [report, truth] = [await read(), await bruteForce()];
    assert.deepEqual(
      [report.published, report.processed, report.unpublished, report.backlog, report.oldestUnprocessedAt ?? null],
      [truth.published, truth.processed, truth.events - truth.published, truth.events - truth.processed, truth.oldest],
    );
    return report;
  };

  it('knows nothing of processes before the first of them lived', async () => {
    const report = await assertAgrees();

    assert.deepEqual(
      [report.status, report.relay.status, report.engines.status, report.rates, report.oldestUnprocessedAgeMs],
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

  it('stays right when Redis was flushed, whose own lag is not', async () => {
    const tenant = await pipeline.createTenant();
    await pipeline.look.client.flushall();
    await pipeline.publish(tenant, saleRecorded(), saleRecorded());

    await eventually(async () => (await read()).processed === 6);

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
  });
});
