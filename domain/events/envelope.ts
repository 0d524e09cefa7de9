import { z } from 'zod';
import type { StreamFields } from '#platform/redis/index.ts';
import type { OutboxEvent } from './types.ts';

const VERTICAL = 'construction';

/** The fields of a stream entry: all strings, an absent id is empty. */
export function toStreamFields(event: OutboxEvent): StreamFields {
  return {
    event_id: event.eventId,
    type: event.type,
    schema_version: String(event.schemaVersion),
    tenant_id: event.tenantId,
    vertical: VERTICAL,
    aggregate_type: event.aggregate.type,
    aggregate_id: event.aggregate.id,
    aggregate_version: String(event.aggregate.version),
    previous_event_id: event.previousEventId ?? '',
    occurred_at: event.occurredAt.toISOString(),
    created_at: event.createdAt.toISOString(),
    correlation_id: event.correlationId,
    causation_id: event.causationId ?? '',
    actor_id: event.actorId ?? '',
    payload: event.payload,
  };
}

const count = z.coerce.number().int().positive();
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const optionalText = z
  .string()
  .default('')
  .transform((text) => text || undefined);

const envelope = z.object({
  event_id: z.guid(),
  type: z.string().min(1),
  schema_version: count,
  tenant_id: z.guid(),
  aggregate_type: z.string(),
  aggregate_id: z.guid(),
  aggregate_version: count,
  previous_event_id: optionalText,
  occurred_at: instant,
  created_at: instant,
  correlation_id: z.string(),
  causation_id: optionalText,
  actor_id: optionalText,
  payload: z.string(),
});

/** Undefined when the entry is none of ours: every entry the relay writes can be read. */
export function fromStreamFields(fields: StreamFields): OutboxEvent | undefined {
  const { data } = envelope.safeParse(fields);
  if (!data) return undefined;
  return {
    eventId: data.event_id,
    tenantId: data.tenant_id,
    type: data.type,
    schemaVersion: data.schema_version,
    aggregate: { type: data.aggregate_type, id: data.aggregate_id, version: data.aggregate_version },
    previousEventId: data.previous_event_id,
    occurredAt: data.occurred_at,
    createdAt: data.created_at,
    correlationId: data.correlation_id,
    causationId: data.causation_id,
    actorId: data.actor_id,
    payload: data.payload,
  };
}
