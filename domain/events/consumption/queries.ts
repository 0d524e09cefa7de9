import { runPrepared, type Db } from '#platform/db/index.ts';
import { dayOf } from '../days.ts';
import { addDelays, delayParameters } from '../delays.ts';
import { ONE_EVENT, toOutboxEvent, type EventRow } from '../event-rows.ts';
import { LeaseLost, type DeadLetterReason, type OutboxEvent, type ShardLease } from '../types.ts';
import type { Paused } from '../pauses/types.ts';
import type { Held } from './order.ts';

type Mark = { event: OutboxEvent; outcome: 'applied' | 'ignored' | 'dead_lettered' };

/**
 * Marks events as settled by the group; returns the ids of those that were not yet. Comes before any effect. An event's day,
 * which its mark is found by, is that of its one row in the outbox, whoever delivers it. Marks of a day that was dropped are
 * gone because all of it was settled: an event of then is new only if it is still pending.
 */
export async function insertProcessed(db: Db, group: string, marks: readonly Mark[], at: Date): Promise<Set<string>> {
  const events = marks.map(({ event }) => event);
  const { rows } = await runPrepared<{ rows: { event_id: string }[] }>(
    db,
    'insert_processed',
    `insert into events.processed (consumer_group, tenant_id, event_id, event_day, outcome, processed_at)
     select ?, m.tenant_id, m.event_id, m.event_day, m.outcome, ?
       from unnest(?::uuid[], ?::uuid[], ?::date[], ?::text[]) as m (tenant_id, event_id, event_day, outcome)
      cross join events.retention r
      where r.dropped_through is null or m.event_day > r.dropped_through
         or exists (select from events.pending p where p.tenant_id = m.tenant_id and p.event_id = m.event_id)
     on conflict do nothing returning event_id`,
    [group, at, ...idColumns(events), events.map(dayOf), marks.map((m) => m.outcome)],
  );
  return new Set(rows.map((row) => row.event_id));
}

/** Which of these events are not settled, and whether they are still on their way or were put aside. */
export async function findOpen(
  db: Db,
  group: string,
  tenantIds: readonly string[],
  eventIds: readonly string[],
): Promise<Map<string, Held['reason']>> {
  const { rows } = await runPrepared<{ rows: { event_id: string; reason: Held['reason'] }[] }>(
    db,
    'find_open',
    `with asked as (select * from unnest(?::uuid[], ?::uuid[]) as a (tenant_id, event_id))
     select p.event_id, 'gap' as reason
       from asked a cross join lateral (
         select p.event_id from events.pending p where p.tenant_id = a.tenant_id and p.event_id = a.event_id limit 1) p
     union all
     select d.event_id, 'blocked'
       from asked a join events.dead_letters d
         on d.tenant_id = a.tenant_id and d.consumer_group = ? and d.event_id = a.event_id
        and d.state in ('dead', 'replaying')`,
    [[...tenantIds], [...eventIds], group],
  );
  return new Map(rows.map((row) => [row.event_id, row.reason]));
}

/**
 * Takes events out of the way until the one they wait for is settled, or they are resumed; returns how many were not parked
 * before. (An array of PostgreSQL may hold nulls, which knex's types do not know.)
 */
export async function parkEvents(db: Db, held: readonly Held[]): Promise<number> {
  const { rows } = await runPrepared<{ rows: { parked: number }[] }>(
    db,
    'park_pending',
    `select events.park_pending(?::uuid[], ?::uuid[], ?::text[], ?::uuid[]) as parked`,
    [
      ...idColumns(held.map((h) => h.event)),
      held.map((h) => h.reason),
      held.map((h) => h.waitsFor ?? null) as string[],
    ],
  );
  return rows[0]!.parked;
}

/**
 * Parked events of a shard whose time has come, with those that wait for them in turn, the oldest first: what may be applied
 * at once, one after another.
 */
export async function listReleasable(
  db: Db,
  { group, shard, limit, paused }: { group: string; shard: number; limit: number; paused: Paused },
): Promise<OutboxEvent[]> {
  const { rows } = await db.raw<{ rows: EventRow[] }>(
    `with recursive free as (
       (select p.tenant_id, p.event_id from events.pending p
         where p.parked_reason is not null and p.shard = :shard
           and p.tenant_id <> all(:pausedTenants::uuid[]) and p.type <> all(:pausedTypes::text[])
           and not exists (select from events.pending w where w.tenant_id = p.tenant_id and w.event_id = p.waits_for)
           and not exists (select from events.dead_letters d
                            where d.tenant_id = p.tenant_id and d.consumer_group = :group and d.event_id = p.waits_for
                              and d.state in ('dead', 'replaying'))
         order by p.seq limit :limit)
       union
       select n.tenant_id, n.event_id from free f
         join events.pending n on n.tenant_id = f.tenant_id and n.waits_for = f.event_id)
     select o.*
       from free f
       join events.pending p on p.tenant_id = f.tenant_id and p.event_id = f.event_id
      cross join lateral (${ONE_EVENT}) o
      order by p.seq limit :limit`,
    { group, shard, limit, pausedTenants: [...paused.tenants], pausedTypes: [...paused.types] },
  );
  return rows.map(toOutboxEvent);
}

/** Events of a shard that were published so long ago and are not settled, each with its entry's id, the oldest first. */
export async function listOverdue(
  db: Db,
  { shard, olderThanMs, limit }: { shard: number; olderThanMs: number; limit: number },
): Promise<{ event: OutboxEvent; streamId: string }[]> {
  const { rows } = await db.raw<{ rows: (EventRow & { stream_id: string })[] }>(
    `select o.*, p.stream_id
       from events.pending p cross join lateral (${ONE_EVENT}) o
      where p.shard = ? and p.published_at is not null and p.parked_reason is null
        and p.published_at < clock_timestamp() - make_interval(secs => ?::float8 / 1000)
      order by p.seq limit ?`,
    [shard, olderThanMs, limit],
  );
  return rows.map((row) => ({ event: toOutboxEvent(row), streamId: row.stream_id }));
}

/**
 * Ends the pending life of settled events and counts them, in one statement. The shard's lease is the fence: the
 * transaction of a worker that slept through its own cannot commit. Throws LeaseLost.
 */
export async function countSettled(
  db: Db,
  { stream, group, shard, epoch }: ShardLease,
  { settled, parked, at }: { settled: readonly OutboxEvent[]; parked: number; at: Date },
): Promise<void> {
  const { rowCount } = await runPrepared<{ rowCount: number }>(
    db,
    'count_settled',
    `with gone as materialized (select * from events.settle_pending(?::uuid[], ?::uuid[])),
     tally as (
       select count(*) as settled, count(*) filter (where published_at is null) as unmarked,
              count(*) filter (where parked_reason is not null) as released from gone)
     update events.consumer_shards c
        set settled = c.settled + t.settled, settled_unmarked = c.settled_unmarked + t.unmarked,
            parked = c.parked + ? - t.released, delays = ${addDelays('c.delays', 'gone')},
            last_settled_at = case when t.settled > 0 then ?::timestamptz else c.last_settled_at end
       from tally t
      where c.stream = ? and c.consumer_group = ? and c.shard = ? and c.owner_epoch = ?`,
    [...idColumns(settled), parked, ...delayParameters(), at, stream, group, shard, epoch],
  );
  if (rowCount === 0) throw new LeaseLost(`shard ${shard} of ${stream}`);
}

/**
 * Counts an attempt that is about to start at each event; the first delivery, which nobody counted, makes the first of
 * them number 2. The ids must differ.
 */
export async function countAttempts(
  db: Db,
  group: string,
  events: readonly OutboxEvent[],
  at: Date,
): Promise<Map<string, Attempt>> {
  const { rows } = await db.raw<{ rows: AttemptRow[] }>(
    `insert into events.retries as r (consumer_group, tenant_id, event_id, attempts, first_attempt_at, last_attempt_at)
     select ?, e.tenant_id, e.event_id, 2, ?, ? from unnest(?::uuid[], ?::uuid[]) as e (tenant_id, event_id)
     on conflict (tenant_id, consumer_group, event_id) do update
        set attempts = r.attempts + 1, last_attempt_at = excluded.last_attempt_at
     returning event_id, attempts, last_error, first_attempt_at`,
    [group, at, at, ...idColumns(events)],
  );
  return new Map(rows.map((row) => [row.event_id, toAttempt(row)]));
}

/** `number` counts from 1; `lastError` is what the one before failed with, unless it killed its worker. */
export type Attempt = { number: number; lastError: string | undefined; firstAttemptAt: Date };
type AttemptRow = { event_id: string; attempts: number; last_error: string | null; first_attempt_at: Date };

function toAttempt(row: AttemptRow): Attempt {
  return { number: row.attempts, lastError: row.last_error ?? undefined, firstAttemptAt: row.first_attempt_at };
}

export async function noteFailure(db: Db, group: string, event: OutboxEvent, reason: string, at: Date): Promise<void> {
  await db.raw(
    `insert into events.retries as r
       (consumer_group, tenant_id, event_id, attempts, last_error, first_attempt_at, last_attempt_at)
     values (?, ?, ?, 1, ?, ?, ?)
     on conflict (tenant_id, consumer_group, event_id) do update set last_error = excluded.last_error`,
    [group, event.tenantId, event.eventId, reason, at, at],
  );
}

export async function findRetries(db: Db, group: string, events: readonly OutboxEvent[]): Promise<Set<string>> {
  const { rows } = await db.raw<{ rows: { event_id: string }[] }>(
    `select r.event_id from unnest(?::uuid[], ?::uuid[]) as e (tenant_id, event_id)
       join events.retries r on r.tenant_id = e.tenant_id and r.consumer_group = ? and r.event_id = e.event_id`,
    [...idColumns(events), group],
  );
  return new Set(rows.map((row) => row.event_id));
}

/** The events are settled: what it took to get there is no longer of interest. */
export async function deleteRetries(db: Db, group: string, events: readonly OutboxEvent[]): Promise<void> {
  await db.raw(
    `delete from events.retries r using unnest(?::uuid[], ?::uuid[]) as e (tenant_id, event_id)
      where r.tenant_id = e.tenant_id and r.consumer_group = ? and r.event_id = e.event_id`,
    [...idColumns(events), group],
  );
}

/** The tenants and the ids of events, as two arrays that belong together. */
function idColumns(events: readonly OutboxEvent[]): [string[], string[]] {
  return [events.map((event) => event.tenantId), events.map((event) => event.eventId)];
}

type DeadLetter = {
  id: string;
  event: OutboxEvent;
  reason: DeadLetterReason;
  error: string;
  attempts: number;
  worker: string;
  firstAttemptAt: Date;
  diedAt: Date;
};

export async function insertDeadLetter(db: Db, group: string, letter: DeadLetter): Promise<void> {
  const { event } = letter;
  await db('events.dead_letters').insert({
    tenant_id: event.tenantId,
    id: letter.id,
    consumer_group: group,
    event_id: event.eventId,
    type: event.type,
    schema_version: event.schemaVersion,
    occurred_at: event.occurredAt,
    correlation_id: event.correlationId,
    payload: event.payload,
    reason: letter.reason,
    error: letter.error,
    attempts: letter.attempts,
    worker: letter.worker,
    first_attempt_at: letter.firstAttemptAt,
    died_at: letter.diedAt,
  });
}
