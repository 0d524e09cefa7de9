import type { Db } from '#platform/db/index.ts';
import type { OutboxEvent } from './types.ts';

const EVENT_COLUMNS = `o.event_id, o.tenant_id, o.type, o.schema_version, o.aggregate_type, o.aggregate_id,
  o.aggregate_version, o.occurred_at, o.created_at, o.correlation_id, o.causation_id, o.actor_id, o.payload::text as payload`;

/** The oldest events nobody has published. Costs the same whether ten wait or a million: a partial index in this order. */
export async function listUnpublished(db: Db, limit: number): Promise<OutboxEvent[]> {
  const { rows } = await db.raw<{ rows: EventRow[] }>(
    `select ${EVENT_COLUMNS} from events.outbox o where o.published_at is null order by o.seq limit ?`,
    [limit],
  );
  return rows.map(toOutboxEvent);
}

/** Some group of the stream has not settled event `o`. */
const UNSETTLED = `exists (
  select from events.consumer_groups g
   where g.stream = ? and not exists (
     select from events.processed p
      where p.tenant_id = o.tenant_id and p.consumer_group = g.name and p.event_id = o.event_id))`;

type After = { stream: string; position: number; limit: number };
type PositionedEvent = OutboxEvent & { position: number };

/** Published events after `position` that some group has yet to settle, in the order of their publication. */
export async function listUnsettled(db: Db, { stream, position, limit }: After): Promise<PositionedEvent[]> {
  const { rows } = await db.raw<{ rows: (EventRow & { position: string })[] }>(
    `select ${EVENT_COLUMNS}, o.position from events.outbox o
      where o.position > ? and ${UNSETTLED} order by o.position limit ?`,
    [position, stream, limit],
  );
  return rows.map((row) => ({ ...toOutboxEvent(row), position: Number(row.position) }));
}

/** Up to where every group of the stream has settled everything. */
export async function getSettledPosition(db: Db, stream: string): Promise<number> {
  const { rows } = await db.raw<{ rows: { position: string | null }[] }>(
    `select min(settled_position) as position from events.consumer_groups where stream = ?`,
    [stream],
  );
  return Number(rows[0]?.position ?? 0);
}

export async function listGroups(db: Db, stream: string): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { name: string }[] }>(
    `select name from events.consumer_groups where stream = ? order by name`,
    [stream],
  );
  return rows.map((row) => row.name);
}

/**
 * The entry before which the stream may be cut: that of the first unsettled event, else that of the newest one. Undefined
 * when that event was published to an earlier life of Redis, whose ids say nothing about this one.
 */
export async function findTrimPoint(db: Db, stream: string): Promise<string | undefined> {
  const settled = await getSettledPosition(db, stream);
  const { rows } = await db.raw<{ rows: { stream_id: string }[] }>(
    `select o.stream_id from events.streams s
       join events.outbox o on o.position = least(?::bigint + 1, s.position)
      where s.name = ? and (o.position > ?::bigint or o.published_at >= s.rebuilt_at)`,
    [settled, stream, settled],
  );
  return rows[0]?.stream_id;
}

type EventRow = {
  event_id: string;
  tenant_id: string;
  type: string;
  schema_version: number;
  aggregate_type: string;
  aggregate_id: string;
  aggregate_version: number;
  occurred_at: Date;
  created_at: Date;
  correlation_id: string;
  causation_id: string | null;
  actor_id: string | null;
  payload: string;
};

function toOutboxEvent(row: EventRow): OutboxEvent {
  return {
    eventId: row.event_id,
    tenantId: row.tenant_id,
    type: row.type,
    schemaVersion: row.schema_version,
    aggregate: { type: row.aggregate_type, id: row.aggregate_id, version: row.aggregate_version },
    occurredAt: row.occurred_at,
    createdAt: row.created_at,
    correlationId: row.correlation_id,
    causationId: row.causation_id ?? undefined,
    actorId: row.actor_id ?? undefined,
    payload: row.payload,
  };
}
