import assert from 'node:assert/strict';
import { EVENT_COLUMNS, toOutboxEvent, type EventRow } from '#domain/events/event-rows.ts';
import {
  CONSTRUCTION_STREAM,
  ENGINES_GROUP,
  holdShards,
  settleEvents,
  type Consumer,
  type OutboxEvent,
  type ShardLease,
} from '#domain/events/index.ts';
import { tendDays } from '#domain/retention/index.ts';
import { systemClock } from '#platform/clock.ts';
import { createContext, type Context } from '#platform/context.ts';
import { openDatabase, type Database } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { eventDaysOf, type EventDays } from '#tests/support/event-days.ts';

describe('an event of a day', () => {
  let opened: ConsoleDatabase;
  let worker: Database;
  let ctx: Context;
  let days: EventDays;
  let lease: ShardLease;
  let applied: string[];

  beforeEach(async () => {
    opened = await openConsoleDatabase();
    days = eventDaysOf(opened);
    worker = openDatabase({
      url: opened.workerUrl,
      poolMax: 2,
      applicationName: 'test',
      log: silentLogger,
      pipeline: true,
    });
    const actor = { kind: 'system', label: 'test' } as const;
    ctx = createContext({ db: worker.db, log: silentLogger, clock: systemClock, actor, requestId: 'test' });
    const stream = CONSTRUCTION_STREAM;
    await days.rows('insert into events.shards (stream, shard) values ($1, 0)  on conflict do nothing', [stream]);
    await days.rows(
      `insert into events.consumer_shards (stream, consumer_group, shard) values ($1, 'engines', 0) on conflict do nothing`,
      [stream],
    );
    [lease] = (await holdShards(ctx, { stream, group: ENGINES_GROUP, process: 'engines', worker: 'test:1' }, [])) as [
      ShardLease,
    ];
    applied = [];
  });
  afterEach(async () => {
    await worker?.stop();
    await opened?.drop();
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
  const settle = (event: OutboxEvent) => settleEvents(ctx, consumer, { lease, events: [event] });
  const publishAt = async (at: string, aggregate: Aggregate = {}): Promise<OutboxEvent> => {
    const { id = newId(), version = 1, tenant = newId() } = aggregate;
    const [{ event_id: eventId }] = (await days.rows(
      `insert into events.outbox (event_id, tenant_id, type, schema_version, aggregate_type, aggregate_id, aggregate_version,
                                  occurred_at, correlation_id, payload, created_at)
       values (gen_random_uuid(), $1, 'sale_recorded', 1, 'order', $2, $3, $4, 'c', '{}', $4::timestamptz) returning event_id`,
      [tenant, id, version, at],
    )) as [{ event_id: string }];
    const [row] = await days.rows<EventRow>(`select ${EVENT_COLUMNS} from events.outbox o where o.event_id = $1`, [
      eventId,
    ]);
    return toOutboxEvent(row!);
  };
  /** An event of a day that was settled, and dropped with its marks. */
  const droppedEvent = async (aggregate: Aggregate = {}) => {
    const day = days.daysAgo(40);
    await days.makeDay(day);
    const event = await publishAt(`${day}T12:00:00Z`, aggregate);
    await settle(event);
    await tendDays(opened.ctx);
    assert.deepEqual(await days.rows('select 1 from events.outbox union all select 1 from events.processed'), []);
    return event;
  };

  it('that was dropped has its effect once, though it is delivered again and no mark is left', async () => {
    const event = await droppedEvent();

    await settle(event);

    assert.deepEqual(applied, [event.eventId]);
  });

  it('that was dropped does not hold up the events after it of its aggregate', async () => {
    const aggregate = { id: newId(), tenant: newId() };
    const first = await droppedEvent(aggregate);

    const second = await publishAt('now', { ...aggregate, version: 2 });
    await settle(second);

    assert.equal(second.previousEventId, first.eventId);
    assert.deepEqual(applied, [first.eventId, second.eventId]);
  });

  it('that was dropped, written when the clock had been set back, has its effect once', async () => {
    const { createdAt } = await droppedEvent();
    applied = [];

    const event = await publishAt(createdAt.toISOString());
    await settle(event);
    await settle(event);
    await tendDays(opened.ctx);
    await settle(event);

    assert.deepEqual(applied, [event.eventId]);
  });

  it('meets its mark in the last microsecond of the day', async () => {
    const day = days.daysAgo(1);
    await days.makeDay(day);
    const event = await publishAt(`${day}T23:59:59.999999Z`);

    await settle(event);
    await settle(event);

    assert.deepEqual(applied, [event.eventId]);
    assert.deepEqual(await days.rows('select event_day::text as day from events.processed'), [{ day }]);
  });
});

type Aggregate = { id?: string; version?: number; tenant?: string };
