import assert from 'node:assert/strict';
import {
  beginAttempts,
  CONSTRUCTION_STREAM,
  ENGINES_GROUP,
  holdShards,
  LeaseLost,
  listReleasable,
  MAX_ATTEMPTS,
  NOTHING_PAUSED,
  settleEvents,
  type Consumer,
  type OutboxEvent,
  type ShardLease,
} from '#domain/events/index.ts';
import { systemClock } from '#platform/clock.ts';
import { createContext, type Context } from '#platform/context.ts';
import { openDatabase, type Database } from '#platform/db/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { outboxEvent } from '#tests/support/outbox-events.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';

describe('settleEvents', () => {
  let pipeline: Pipeline;
  let database: Database;
  let ctx: Context;
  let lease: ShardLease;
  let applied: string[];

  before(async () => {
    pipeline = await createPipeline();
    const url = pipeline.database.url('bc_worker');
    database = openDatabase({ url, poolMax: 2, applicationName: 'test', log: silentLogger, pipeline: true });
    const actor = { kind: 'system', label: 'test' } as const;
    ctx = createContext({ db: database.db, log: silentLogger, clock: systemClock, actor, requestId: 'test' });
    [lease] = (await holdShards(ctx, owner('test:1'), [])) as [ShardLease];
  });
  beforeEach(() => {
    applied = [];
  });
  after(async () => {
    await database.stop();
    await pipeline.remove();
  });

  const owner = (worker: string) => ({
    stream: CONSTRUCTION_STREAM,
    group: ENGINES_GROUP,
    process: 'engines',
    worker,
  });
  const consumer: Consumer = {
    group: 'engines',
    worker: 'test:1',
    judge: () => ({ outcome: 'applied', payload: {} }),
    isPaused: () => false,
    async apply(_tx, facts) {
      applied.push(...facts.map(({ event: { eventId } }) => eventId));
    },
  };
  /** Events as they were committed, each in the outbox and pending. */
  const write = async (tenantId: string, count: number, aggregateId?: string) => {
    const events: OutboxEvent[] = [];
    for (let n = 0; n < count; n++) events.push(await outboxEvent(pipeline, tenantId, aggregateId));
    return events;
  };
  const settle = (events: readonly OutboxEvent[], by: Consumer = consumer) => settleEvents(ctx, by, { lease, events });
  const counts = async () => {
    const [row] = await pipeline.rows<{ settled: number; parked: number }>(
      'select settled::int, parked::int from events.consumer_shards',
    );
    return row!;
  };
  /** As though the relay had published everything. */
  const publishAll = () =>
    pipeline.rows(
      `update events.pending set published_at = now(), stream_id = '1-1', shard = 0 where published_at is null`,
    );
  const releasable = () => listReleasable(ctx.db, { group: 'engines', shard: 0, limit: 10, paused: NOTHING_PAUSED });
  const pending = async (tenant: string) => {
    const sql = 'select event_id as id from events.pending where tenant_id = $1 order by seq';
    return (await pipeline.rows<{ id: string }>(sql, [tenant])).map(({ id }) => id);
  };

  it('applies and counts an event once, though it comes twice in a batch and again later', async () => {
    const tenant = await pipeline.createTenant();
    const [twice] = (await write(tenant, 1)) as [OutboxEvent];
    const before = await counts();

    await settle([twice, twice]);
    const again = await settle([twice]);

    assert.deepEqual(applied, [twice.eventId]);
    assert.deepEqual(again, []);
    assert.equal((await counts()).settled - before.settled, 1);
    assert.deepEqual(await pending(tenant), []);
  });

  it('applies events of many stores in one transaction, each among its own rows', async () => {
    const tenants = [await pipeline.createTenant(), await pipeline.createTenant()];
    const events = (await Promise.all(tenants.map((tenant) => write(tenant, 2)))).flat();
    const seen: string[] = [];
    let transactions = 0;
    const count = ({ sql }: { sql: string }) => (transactions += /^begin/i.test(sql) ? 1 : 0);
    database.db.on('query', count);

    await settle(events, {
      ...consumer,
      async apply(lane, facts) {
        const text = 'select platform.current_tenant_id() as id';
        const [row] = await lane.query<{ id: string }>({ name: 'current_tenant', text, values: [] });
        seen.push(...facts.map(({ event }) => `${row!.id === event.tenantId}`));
      },
    });

    database.db.removeListener('query', count);
    assert.deepEqual(seen, ['true', 'true', 'true', 'true']);
    assert.equal(transactions, 1);
  });

  it('leaves no mark of any event when one of them throws', async () => {
    const tenant = await pipeline.createTenant();
    const events = await write(tenant, 2);
    const before = await counts();
    const failing: Consumer = { ...consumer, apply: () => Promise.reject(new Error('no')) };

    await assert.rejects(settle(events, failing), /no/);

    assert.deepEqual(await pipeline.rows('select 1 from events.processed where tenant_id = $1', [tenant]), []);
    assert.deepEqual(
      await pending(tenant),
      events.map(({ eventId }) => eventId),
    );
    assert.deepEqual(await counts(), before);
  });

  it('puts an event aside that killed its worker each time, without starting it again', async () => {
    const tenant = await pipeline.createTenant();
    const [killer] = (await write(tenant, 1)) as [OutboxEvent];
    // The first delivery leaves no trace; every later attempt is counted and then the process dies.
    for (let attempt = 2; attempt <= MAX_ATTEMPTS; attempt++) await beginAttempts(ctx, 'engines', [killer]);

    const attempts = await beginAttempts(ctx, 'engines', [killer]);
    const settled = await settleEvents(ctx, consumer, { lease, events: [killer], attempts });

    assert.deepEqual(settled, [{ event: killer, outcome: 'dead_lettered' }]);
    assert.deepEqual(applied, []);
    const letters = await pipeline.rows(
      'select reason, attempts, worker, error from events.dead_letters where event_id = $1',
      [killer.eventId],
    );
    assert.deepEqual(letters, [
      { reason: 'handler_failed', attempts: MAX_ATTEMPTS, worker: 'test:1', error: 'its worker died each time' },
    ]);
  });

  it('parks what comes before its predecessor, and lets it go once that one is settled', async () => {
    const tenant = await pipeline.createTenant();
    const [first, second, third] = (await write(tenant, 3, tenant)) as [OutboxEvent, OutboxEvent, OutboxEvent];
    const [other] = (await write(tenant, 1)) as [OutboxEvent];
    await publishAll();

    await settle([second, other, third]);
    assert.deepEqual(applied, [other.eventId]);
    assert.deepEqual(await releasable(), []);
    assert.equal((await counts()).parked, 2);

    await settle([first]);
    await settle(await releasable());

    assert.deepEqual(
      applied,
      [other, first, second, third].map(({ eventId }) => eventId),
    );
    assert.equal((await counts()).parked, 0);
    assert.deepEqual(await pending(tenant), []);
  });

  it('does not let an event overtake a dead letter of its aggregate, in the same batch or later', async () => {
    const tenant = await pipeline.createTenant();
    const [dead, second, third] = (await write(tenant, 3, tenant)) as [OutboxEvent, OutboxEvent, OutboxEvent];
    const failure = { reason: 'invalid_payload', error: 'no', attempts: 1 } as const;
    const strict: Consumer = {
      ...consumer,
      judge: (event) =>
        event.eventId === dead.eventId ? { outcome: 'dead_lettered', failure } : { outcome: 'applied', payload: {} },
    };

    await publishAll();

    await settle([dead, second], strict);
    await settle([third], strict);

    assert.deepEqual(applied, []);
    assert.deepEqual(await pipeline.rows('select parked_reason from events.pending where tenant_id = $1', [tenant]), [
      { parked_reason: 'blocked' },
      { parked_reason: 'gap' },
    ]);
    assert.deepEqual(await releasable(), []);
  });

  it('commits nothing of a worker that slept through its lease', async () => {
    const tenant = await pipeline.createTenant();
    const events = await write(tenant, 1);
    await pipeline.rows(`update events.consumer_shards set owned_until = now() - interval '1 second'`);
    const sleeper = lease;
    [lease] = (await holdShards(ctx, owner('test:2'), [])) as [ShardLease];

    await assert.rejects(settleEvents(ctx, consumer, { lease: sleeper, events }), LeaseLost);

    assert.deepEqual(await pipeline.rows('select 1 from events.processed where tenant_id = $1', [tenant]), []);
    assert.deepEqual(await pending(tenant), [events[0]!.eventId]);
    assert.equal((await settle(events)).length, 1);
  });
});
