import type { Db } from '#platform/db/index.ts';
import { EVENT_COLUMNS, toOutboxEvent, type EventRow } from '../event-rows.ts';
import type { OutboxEvent } from '../types.ts';
import type { Replay, ReplayFilter } from './types.ts';

type Group = { stream: string; group: string };

const LEAST_ID = '00000000-0000-0000-0000-000000000000';
const GREATEST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
/** Nobody needs to know more exactly, and everybody would wait for the count. */
export const COUNTED_UP_TO = 1_000_000;

/** SQL: whether an event `o` is one of a replay: of its filter, and applied by the group. */
const IS_REPLAYED = `
  o.created_at >= :from and o.created_at < :to and o.tenant_id between :least and :greatest
  and (:type::text is null or o.type = :type)
  and exists (select from events.processed m
               where m.tenant_id = o.tenant_id and m.consumer_group = :group and m.event_id = o.event_id
                 and m.event_day = events.day_of(o.created_at) and m.outcome = 'applied')`;

function bindings(group: string, { from, to, tenantId, type }: ReplayFilter) {
  return {
    group,
    from,
    to,
    least: tenantId ?? LEAST_ID,
    greatest: tenantId ?? GREATEST_ID,
    // PostgreSQL knows null, and knex's types do not.
    type: (type ?? null) as string,
  };
}

/** How many events a replay would apply again: exact up to a million, and a million and one for all beyond. */
export async function countReplayed(db: Db, group: string, filter: ReplayFilter): Promise<number> {
  const { rows } = await db.raw<{ rows: [{ count: string }] }>(
    `select count(*) from (select 1 from events.outbox o where ${IS_REPLAYED} limit ${COUNTED_UP_TO + 1}) r`,
    bindings(group, filter),
  );
  return Number(rows[0].count);
}

type ReplayRow = {
  id: string;
  from_at: Date;
  to_at: Date;
  of_tenant: string | null;
  of_type: string | null;
  state: Replay['state'];
  total: string;
  applied: string;
  failed: string;
  last_error: string | null;
  reason: string;
  asked_by: string;
  asked_at: Date;
  ended_at: Date | null;
  after_tenant: string;
  after_event: string;
};

/** The newest first. */
export async function listReplays(db: Db, { stream, group }: Group, limit: number): Promise<Replay[]> {
  const rows = await db<ReplayRow>('events.replays')
    .where({ stream, consumer_group: group } as object)
    .orderBy('asked_at', 'desc')
    .limit(limit);
  return rows.map(toReplay);
}

export async function insertReplay(
  db: Db,
  { stream, group }: Group,
  { from, to, tenantId, type, ...replay }: Replay,
): Promise<void> {
  await db('events.replays').insert({
    id: replay.id,
    stream,
    consumer_group: group,
    from_at: from,
    to_at: to,
    of_tenant: tenantId ?? null,
    of_type: type ?? null,
    reason: replay.reason,
    asked_by: replay.askedBy,
    asked_at: replay.askedAt,
    total: replay.total,
    after_tenant: LEAST_ID,
    after_event: LEAST_ID,
  });
}

/** Nothing when it does not run any more. */
export async function cancelReplay(db: Db, id: string, at: Date): Promise<Replay | undefined> {
  const [row] = await db<ReplayRow>('events.replays')
    .where({ id, state: 'running' })
    .update({ state: 'cancelled', ended_at: at })
    .returning('*');
  return row && toReplay(row);
}

/** A running replay, and the event after which it goes on. */
export type Position = { replay: Replay; afterTenant: string; afterEvent: string };

/** Takes the replay that runs until the transaction ends; nothing when there is none, or another worker has it. */
export async function lockReplay(db: Db, group: string): Promise<Position | undefined> {
  const { rows } = await db.raw<{ rows: ReplayRow[] }>(
    `select * from events.replays where consumer_group = ? and state = 'running' for update skip locked`,
    [group],
  );
  const [row] = rows;
  return row && { replay: toReplay(row), afterTenant: row.after_tenant, afterEvent: row.after_event };
}

/** The next events of a replay, store after store, each store's as they were made; a dead letter's as it was mended. */
export async function listNext(
  db: Db,
  group: string,
  { replay, afterTenant, afterEvent }: Position,
  limit: number,
): Promise<OutboxEvent[]> {
  const { rows } = await db.raw<{ rows: (EventRow & { mended: string | null })[] }>(
    `select ${EVENT_COLUMNS},
            (select d.mended_payload::text from events.dead_letters d
              where d.tenant_id = o.tenant_id and d.consumer_group = :group and d.event_id = o.event_id) as mended
       from events.outbox o
      where (o.tenant_id, o.event_id) > (:afterTenant, :afterEvent) and ${IS_REPLAYED}
      order by o.tenant_id, o.event_id limit :limit`,
    { ...bindings(group, replay), afterTenant, afterEvent, limit },
  );
  return rows.map((row) => toOutboxEvent({ ...row, payload: row.mended ?? row.payload }));
}

type Step = { last: OutboxEvent; applied: number; failed: number; error?: string | undefined };

/** Notes how far a replay is. */
export async function advance(db: Db, { replay }: Position, { last, applied, failed, error }: Step): Promise<void> {
  await db.raw(
    `update events.replays set applied = applied + :applied, failed = failed + :failed,
            after_tenant = :tenantId, after_event = :eventId, last_error = coalesce(:error, last_error)
      where id = :id`,
    {
      id: replay.id,
      applied,
      failed,
      tenantId: last.tenantId,
      eventId: last.eventId,
      error: (error ?? null) as string,
    },
  );
}

export async function finishReplay(db: Db, { replay }: Position, at: Date): Promise<void> {
  await db('events.replays').where({ id: replay.id }).update({ state: 'done', ended_at: at });
}

function toReplay(row: ReplayRow): Replay {
  const { id, state, reason } = row;
  return {
    id,
    state,
    reason,
    from: row.from_at,
    to: row.to_at,
    tenantId: row.of_tenant ?? undefined,
    type: row.of_type ?? undefined,
    total: Number(row.total),
    applied: Number(row.applied),
    failed: Number(row.failed),
    lastError: row.last_error ?? undefined,
    askedBy: row.asked_by,
    askedAt: row.asked_at,
    endedAt: row.ended_at ?? undefined,
  };
}
