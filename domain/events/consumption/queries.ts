import type { Db } from '#platform/db/index.ts';
import type { DeadLetterReason, OutboxEvent } from '../types.ts';

type Mark = { event: OutboxEvent; outcome: 'applied' | 'ignored' | 'dead_lettered' };

/** Marks events as settled by the group; returns the ids of those that were not yet. Comes before any effect. */
export async function insertProcessed(db: Db, group: string, marks: readonly Mark[], at: Date): Promise<Set<string>> {
  const { rows } = await db.raw<{ rows: { event_id: string }[] }>(
    `insert into events.processed (consumer_group, tenant_id, event_id, outcome, processed_at)
     select ?, m.tenant_id, m.event_id, m.outcome, ?
       from unnest(?::uuid[], ?::uuid[], ?::text[]) as m (tenant_id, event_id, outcome)
     on conflict do nothing returning event_id`,
    [group, at, marks.map((m) => m.event.tenantId), marks.map((m) => m.event.eventId), marks.map((m) => m.outcome)],
  );
  return new Set(rows.map((row) => row.event_id));
}

/** One counter per tenant, so that workers on different tenants never wait for each other's row. */
export async function addToGroupCount(db: Db, group: string, tenantId: string, count: number, at: Date): Promise<void> {
  await db.raw(
    `insert into events.group_counts as c (consumer_group, tenant_id, processed, last_processed_at) values (?, ?, ?, ?)
     on conflict (tenant_id, consumer_group) do update
        set processed = c.processed + excluded.processed, last_processed_at = excluded.last_processed_at`,
    [group, tenantId, count, at],
  );
}

/**
 * Counts an attempt that is about to start at each event; the first delivery, which nobody counted, makes the first of
 * them number 2. The ids must differ.
 */
export async function countAttempts(
  db: Db,
  group: string,
  { tenantId, eventIds }: { tenantId: string; eventIds: readonly string[] },
  at: Date,
): Promise<Map<string, Attempt>> {
  const { rows } = await db.raw<{ rows: AttemptRow[] }>(
    `insert into events.retries as r (consumer_group, tenant_id, event_id, attempts, first_attempt_at, last_attempt_at)
     select ?, ?, e, 2, ?, ? from unnest(?::uuid[]) e
     on conflict (tenant_id, consumer_group, event_id) do update
        set attempts = r.attempts + 1, last_attempt_at = excluded.last_attempt_at
     returning event_id, attempts, last_error, first_attempt_at`,
    [group, tenantId, at, at, [...eventIds]],
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

export async function findRetries(
  db: Db,
  group: string,
  tenantId: string,
  eventIds: readonly string[],
): Promise<Set<string>> {
  const rows = await db('events.retries')
    .where({ consumer_group: group, tenant_id: tenantId })
    .whereIn('event_id', eventIds)
    .select<{ event_id: string }[]>('event_id');
  return new Set(rows.map((row) => row.event_id));
}

/** The events are settled: what it took to get there is no longer of interest. */
export async function deleteRetries(db: Db, group: string, tenantId: string, eventIds: string[]): Promise<void> {
  await db('events.retries')
    .where({ consumer_group: group, tenant_id: tenantId })
    .whereIn('event_id', eventIds)
    .delete();
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
