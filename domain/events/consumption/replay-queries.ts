import type { Db } from '#platform/db/index.ts';
import { dayOf } from '../days.ts';
import { EVENT_COLUMNS, toOutboxEvent, type EventRow } from '../event-rows.ts';
import type { OutboxEvent } from '../types.ts';

/**
 * Events whose dead letters somebody wants tried again, those that died first, in their order. An aggregate has one at most, so that no
 * order is lost between those that come now and later. A payload that somebody has mended goes in place of the event's own. (Nothing
 * tells their days: each is looked for in every partition.)
 */
export async function listReplaying(db: Db, group: string, limit: number): Promise<OutboxEvent[]> {
  const { rows } = await db.raw<{ rows: EventRow[] }>(
    `select o.*, coalesce(d.mended_payload::text, o.payload) as payload
       from (select l.tenant_id, l.event_id, l.mended_payload from events.dead_letters l
              where l.state = 'replaying' and l.consumer_group = ? order by l.died_at limit ?) d
      cross join lateral (
        select ${EVENT_COLUMNS}, o.seq from events.outbox o where o.tenant_id = d.tenant_id and o.event_id = d.event_id limit 1) o
      order by o.seq`,
    [group, limit],
  );
  return rows.map(toOutboxEvent);
}

/** Notes that a try begins; false when one had begun already and never ended. */
export async function startReplay(db: Db, group: string, event: OutboxEvent, at: Date): Promise<boolean> {
  const started = await db('events.dead_letters')
    .where({ tenant_id: event.tenantId, consumer_group: group, event_id: event.eventId, state: 'replaying' })
    .whereNull('replay_started_at')
    .update({ replay_started_at: at });
  return started === 1;
}

/** Ends the letter in the transaction of its effect; false when it was ended already. */
export async function finishReplay(
  db: Db,
  group: string,
  event: OutboxEvent,
  { outcome, at }: { outcome: 'applied' | 'ignored'; at: Date },
): Promise<boolean> {
  const place = { tenant_id: event.tenantId, consumer_group: group, event_id: event.eventId };
  const ended = await db('events.dead_letters')
    .where({ ...place, state: 'replaying' })
    .update({ state: 'applied', resolved_at: at, attempts: db.raw('attempts + 1') });
  if (ended === 0) return false;
  await db('events.processed')
    .where({ ...place, event_day: dayOf(event), outcome: 'dead_lettered' })
    .update({ outcome });
  return true;
}

/** It is dead again, with what it failed with this time. */
export async function failReplay(
  db: Db,
  { group, worker }: { group: string; worker: string },
  event: OutboxEvent,
  { error, at }: { error: string; at: Date },
): Promise<void> {
  await db('events.dead_letters')
    .where({ tenant_id: event.tenantId, consumer_group: group, event_id: event.eventId, state: 'replaying' })
    .update({
      state: 'dead',
      replay_started_at: null,
      error,
      worker,
      died_at: at,
      attempts: db.raw('attempts + 1'),
    });
}
