import type { OutboxEvent } from './types.ts';

/** Columns of events.outbox, under the name `o`, from which {@link toOutboxEvent} makes an event. */
export const EVENT_COLUMNS = `o.event_id, o.tenant_id, o.type, o.schema_version, o.aggregate_type, o.aggregate_id,
  o.aggregate_version, o.previous_event_id, o.occurred_at, o.created_at, o.correlation_id, o.causation_id, o.actor_id,
  o.payload::text as payload`;

/**
 * SQL: the event of a row `p` of events.pending, to be joined laterally. Its time leads to its partition, and the limit keeps
 * the planner from ever reading the whole outbox for it.
 */
export const ONE_EVENT = `
  select ${EVENT_COLUMNS} from events.outbox o
   where o.tenant_id = p.tenant_id and o.event_id = p.event_id and o.created_at = p.created_at limit 1`;

export type EventRow = {
  event_id: string;
  tenant_id: string;
  type: string;
  schema_version: number;
  aggregate_type: string;
  aggregate_id: string;
  aggregate_version: number;
  previous_event_id: string | null;
  occurred_at: Date;
  created_at: Date;
  correlation_id: string;
  causation_id: string | null;
  actor_id: string | null;
  payload: string;
};

export function toOutboxEvent(row: EventRow): OutboxEvent {
  return {
    eventId: row.event_id,
    tenantId: row.tenant_id,
    type: row.type,
    schemaVersion: row.schema_version,
    aggregate: { type: row.aggregate_type, id: row.aggregate_id, version: row.aggregate_version },
    previousEventId: row.previous_event_id ?? undefined,
    occurredAt: row.occurred_at,
    createdAt: row.created_at,
    correlationId: row.correlation_id,
    causationId: row.causation_id ?? undefined,
    actorId: row.actor_id ?? undefined,
    payload: row.payload,
  };
}
