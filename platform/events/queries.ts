import type { Db } from '#platform/db/database.ts';
import type { DomainEvent } from './index.ts';

type OutboxInsert = {
  eventId: string;
  event: DomainEvent;
  occurredAt: Date;
  correlationId: string;
  actorId: string | null;
};

/** Channel on which the relay is woken. */
export const OUTBOX_CHANNEL = 'outbox';

/** No RETURNING: the application's role may insert into the outbox but not read it. */
export async function insertOutboxEvent(
  db: Db,
  { eventId, event, occurredAt, correlationId, actorId }: OutboxInsert,
): Promise<void> {
  await db('events.outbox').insert({
    event_id: eventId,
    tenant_id: event.tenantId,
    type: event.type,
    schema_version: event.version,
    aggregate_type: event.aggregate.type,
    aggregate_id: event.aggregate.id,
    aggregate_version: event.aggregate.version,
    occurred_at: occurredAt,
    correlation_id: correlationId,
    causation_id: event.causationId ?? null,
    actor_id: actorId,
    payload: JSON.stringify(event.payload),
  });
}

/** Nobody waits for this commit to reach the disk: a wake-up that a crash undoes is one that the relay's poll replaces. */
export async function notifyOutbox(db: Db): Promise<void> {
  await db.raw(`set local synchronous_commit to off; notify ${OUTBOX_CHANNEL}`);
}
