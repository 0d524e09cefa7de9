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

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/**
 * Undefined when the entry is none of ours: every entry the relay writes can be read. By hand and not by a schema, because
 * whatever a worker does for an event begins here, and a schema takes several times as long.
 */
export function fromStreamFields(fields: StreamFields): OutboxEvent | undefined {
  const { event_id: eventId, tenant_id: tenantId, type, correlation_id: correlationId, payload } = fields;
  const aggregate = readAggregate(fields);
  const schemaVersion = readCount(fields.schema_version);
  const occurredAt = readInstant(fields.occurred_at);
  const createdAt = readInstant(fields.created_at);
  if (!isGuid(eventId) || !isGuid(tenantId) || !type || !schemaVersion || !aggregate) return undefined;
  if (!occurredAt || !createdAt || correlationId === undefined || payload === undefined) return undefined;
  return {
    eventId,
    tenantId,
    type,
    schemaVersion,
    aggregate,
    previousEventId: fields.previous_event_id || undefined,
    occurredAt,
    createdAt,
    correlationId,
    causationId: fields.causation_id || undefined,
    actorId: fields.actor_id || undefined,
    payload,
  };
}

function readAggregate(fields: StreamFields): OutboxEvent['aggregate'] | undefined {
  const { aggregate_type: type, aggregate_id: id } = fields;
  const version = readCount(fields.aggregate_version);
  return type === undefined || !isGuid(id) || !version ? undefined : { type, id, version };
}

function isGuid(text: string | undefined): text is string {
  return text !== undefined && GUID.test(text);
}

/** Undefined when it is no whole number from 1. */
function readCount(text: string | undefined): number | undefined {
  const count = Number(text);
  return Number.isSafeInteger(count) && count > 0 ? count : undefined;
}

function readInstant(text: string | undefined): Date | undefined {
  if (text === undefined || !INSTANT.test(text)) return undefined;
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
