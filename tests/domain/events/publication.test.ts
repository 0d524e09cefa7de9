import assert from 'node:assert/strict';
import { FIRST_TENANT, listWaiting } from '#domain/events/publication/waiting.ts';
import { createOutboxReader, type OutboxReader } from '#domain/events/publication/outbox-reader.ts';
import { publishNext, sortReplies } from '#domain/events/publication/publish.ts';
import {
  adoptIdentity,
  getStreamState,
  markPublished,
  moveEntries,
  releaseLease,
  renewLease,
  takeLease,
} from '#domain/events/publication/queries.ts';
import { rebuildStream } from '#domain/events/publication/rebuild.ts';
import { CONSTRUCTION_STREAM, identityMarkKey, LeaseLost, type Lease, type OutboxEvent } from '#domain/events/index.ts';
import { systemClock } from '#platform/clock.ts';
import { createContext, type Context } from '#platform/context.ts';
import { openDatabase, withTenant, type Database } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import { readServer } from '#platform/redis/index.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';

describe('sortReplies', () => {
  const aggregate = newId();
  const event = (aggregateId: string) => ({
    event: { tenantId: 't', aggregate: { id: aggregateId } } as OutboxEvent,
    shard: 0,
  });

  it('holds back what follows a refused event of the same aggregate, and nothing else', () => {
    const events = [event(aggregate), event(aggregate), event(newId()), event(aggregate)];
    const refusal = new Error('OOM');

    const { placed, refused } = sortReplies(events, [{ id: '1-1' }, { refusal }, { id: '1-2' }, { id: '1-3' }]);

    assert.deepEqual(
      placed.map((it) => it.streamId),
      ['1-1', '1-2'],
    );
    assert.deepEqual(refused, { event: events[1]!.event, reason: refusal });
  });
});

describe('the outbox of the relay', () => {
  let pipeline: Pipeline;
  let relay: Database;

  before(async () => {
    pipeline = await createPipeline();
    const url = pipeline.database.url('bc_relay');
    relay = openDatabase({ url, poolMax: 2, applicationName: 'test', log: silentLogger });
  });
  after(async () => {
    await relay.stop();
    await pipeline.remove();
  });

  const take = (holder: string) => takeLease(relay.db, CONSTRUCTION_STREAM, holder);
  const waiting = async () => (await listWaiting(relay.db, { after: FIRST_TENANT, limit: 10, except: [] })).events;

  it('gives the lease to one relay until it is released, runs out, or its holder starts anew', async () => {
    const first = await take('a');
    assert.equal(await take('b'), undefined);
    const restarted = await take('a');
    assert.equal(restarted!.epoch, first!.epoch + 1);
    await assert.rejects(renewLease(relay.db, first!), LeaseLost);
    await releaseLease(relay.db, restarted!);
    assert.notEqual(await take('b'), undefined);
    await pipeline.rows(`update events.streams set lease_until = now() - interval '1 second'`);
    assert.notEqual(await take('c'), undefined);
  });

  it('lets a relay that slept through its lease mark nothing', async () => {
    const tenant = await pipeline.createTenant();
    await pipeline.publish(tenant, saleRecorded());
    const sleeper = (await take('c'))!;
    const events = await waiting();
    await pipeline.rows(`update events.streams set lease_until = now() - interval '1 second'`);
    await take('d');

    const marking = markPublished(relay.db, sleeper, [{ event: events[0]!, shard: 0, streamId: '1-1' }]);

    await assert.rejects(marking, LeaseLost);
    assert.deepEqual(await pipeline.rows('select published_at, stream_id from events.pending'), [
      { published_at: null, stream_id: null },
    ]);
    assert.deepEqual(await pipeline.rows('select published::int from events.shards'), [{ published: 0 }]);
  });

  it('keeps the lease of a relay that renews it', async () => {
    const lease = (await take('d'))!;
    await pipeline.rows(`update events.streams set lease_until = now() + interval '1 second'`);

    await renewLease(relay.db, lease);

    const [{ seconds }] = (await pipeline.rows<{ seconds: number }>(
      `select extract(epoch from lease_until - now())::float as seconds from events.streams`,
    )) as [{ seconds: number }];
    assert.ok(seconds > 2, `${seconds} s are left`);
  });

  it('sees an event that commits after a later one was published', async () => {
    const tenant = await pipeline.createTenant();
    const [written, mayCommit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const late = withTenant(pipeline.store, tenant, async (tx) => {
      const aggregate = { type: 'x', id: newId(), version: 1 };
      await tx.events.publish({ type: 'late', version: 1, tenantId: tenant, aggregate, payload: {} });
      written.resolve();
      await mayCommit.promise;
    });
    await written.promise;
    await pipeline.publish(tenant, { type: 'early', payload: {} });
    const lease = (await take('d'))!;
    const visible = await waiting();
    await markPublished(
      relay.db,
      lease,
      visible.map((event, index) => ({ event, shard: 0, streamId: `2-${index}` })),
    );
    mayCommit.resolve();
    await late;

    assert.deepEqual(
      (await waiting()).map(({ type }) => type),
      ['late'],
    );
  });

  it('passes over the number that an event took which was rolled back', async () => {
    const tenant = await pipeline.createTenant();
    const before = (await waiting()).length;
    const failing = withTenant(pipeline.store, tenant, async (tx) => {
      const aggregate = { type: 'x', id: newId(), version: 1 };
      await tx.events.publish({ type: 'never', version: 1, tenantId: tenant, aggregate, payload: {} });
      throw new Error('rolled back');
    });
    await assert.rejects(failing, /rolled back/);
    await pipeline.publish(tenant, { type: 'after', payload: {} });

    const types = (await waiting()).slice(before).map(({ type }) => type);
    assert.deepEqual(types, ['after']);
  });

  it('leaves the count to the worker that settled an event before it was marked, and blocks on none', async () => {
    const tenant = await pipeline.createTenant();
    await pipeline.publish(tenant, saleRecorded(), saleRecorded());
    const [settling, other] = (await waiting()).slice(-2) as OutboxEvent[] as [OutboxEvent, OutboxEvent];
    const lease = (await take('d'))!;
    const release = await pipeline.hold('select 1 from events.pending where event_id = $1 for update', [
      settling.eventId,
    ]);
    const [before] = await pipeline.rows<{ published: number }>('select published::int from events.shards');

    const marked = await markPublished(
      relay.db,
      lease,
      [settling, other].map((event, index) => ({ event, shard: 0, streamId: `3-${index}` })),
    );

    await release();
    assert.equal(marked, 1);
    assert.deepEqual(await pipeline.rows('select published::int, last_stream_id from events.shards'), [
      { published: before!.published + 1, last_stream_id: '3-1' },
    ]);
  });

  it('cannot read the stores’ orders, nor write events', async () => {
    await assert.rejects(relay.db('construction.orders').select('id'), /permission denied/);
    await assert.rejects(relay.db('events.outbox').update({ payload: '{}' }), /permission denied/);
    await assert.rejects(relay.db('events.pending').delete(), /permission denied/);
  });
});

describe('a relay and its Redis', () => {
  let pipeline: Pipeline;
  let relay: Database;
  let reader: OutboxReader;
  let ctx: Context;

  beforeEach(async () => {
    pipeline = await createPipeline();
    const url = pipeline.database.url('bc_relay');
    relay = openDatabase({ url, poolMax: 2, applicationName: 'test', log: silentLogger });
    const actor = { kind: 'system', label: 'test' } as const;
    ctx = createContext({ db: relay.db, log: silentLogger, clock: systemClock, actor, requestId: 'test' });
    reader = createOutboxReader(relay.db);
  });
  afterEach(async () => {
    await relay.stop();
    await pipeline.remove();
  });

  const take = async (holder: string) => (await takeLease(relay.db, CONSTRUCTION_STREAM, holder))!;
  const letRunOut = () => pipeline.rows(`update events.streams set lease_until = now() - interval '1 second'`);
  const publishOne = async () => {
    const tenant = await pipeline.createTenant();
    return pipeline.publish(tenant, saleRecorded());
  };
  const outbox = () =>
    pipeline.rows('select published_at is not null as published, attempts, last_error, stream_id from events.pending');
  const publishAll = (lease: Lease) =>
    publishNext({ ctx, redis: pipeline.look, lease, outbox: reader }, { shardCount: 1, room: 100, except: [] });
  const identity = async () => (await readServer(pipeline.look, identityMarkKey(CONSTRUCTION_STREAM))).identity;
  const entries = () => pipeline.look.client.xlen(CONSTRUCTION_STREAM);

  it('moves no entry and adopts no Redis after it slept through its lease', async () => {
    await publishOne();
    const sleeper = await take('a');
    const { published } = await publishAll(sleeper);
    const event = published[0]!;
    await adoptIdentity(relay.db, sleeper, 'of the sleeper');
    await letRunOut();
    const successor = await take('b');
    const before = await outbox();

    await assert.rejects(moveEntries(relay.db, sleeper, [{ event, shard: 0, streamId: '9-9' }]), LeaseLost);
    await assert.rejects(adoptIdentity(relay.db, sleeper, 'of nobody'), LeaseLost);

    assert.deepEqual(await outbox(), before);
    assert.equal((await getStreamState(relay.db, successor)).identity, 'of the sleeper');
  });

  it('does not take a stream for whole whose rebuilding was cut off, and then builds it anew', async () => {
    await publishOne();
    const lease = await take('a');
    await publishAll(lease);
    await pipeline.rows('revoke update (stream_id) on events.pending from bc_relay');
    const isWhole = async () => (await getStreamState(relay.db, lease)).identity === (await identity());

    await assert.rejects(rebuildStream(ctx, pipeline.look, lease), /permission denied/);
    assert.equal(await isWhole(), false);
    await pipeline.rows('grant update (stream_id) on events.pending to bc_relay');
    assert.equal(await rebuildStream(ctx, pipeline.look, lease), 1);

    assert.equal(await isWhole(), true);
    assert.equal(await entries(), 1);
  });

  it('says on an event why Redis refused it, marks nothing, and publishes it once it is taken', async () => {
    await publishOne();
    const lease = await take('a');
    await pipeline.look.client.set(CONSTRUCTION_STREAM, 'not a stream');

    await assert.rejects(publishAll(lease), /WRONGTYPE/);
    const [refused] = await outbox();
    await pipeline.look.client.del(CONSTRUCTION_STREAM);
    await publishAll(lease);
    const [taken] = await outbox();

    assert.match(String(refused!.last_error), /WRONGTYPE/);
    assert.deepEqual([refused!.published, refused!.attempts], [false, 1]);
    assert.deepEqual([taken!.published, taken!.last_error], [true, null]);
    assert.equal(await entries(), 1);
  });
});
