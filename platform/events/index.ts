import type { Clock } from '#platform/clock.ts';
import type { Actor } from '#platform/context.ts';
import type { Db } from '#platform/db/database.ts';
import { newId } from '#platform/ids.ts';
import { insertOutboxEvent } from './queries.ts';

/**
 * A fact about one aggregate of one tenant. `version` is the schema version of `payload`; `aggregate.version` is the
 * aggregate's own version after the change and must be read from its locked row, so that id order is commit order per
 * aggregate. `payload` holds ids and decimal strings, never personal data.
 */
export type DomainEvent = {
  type: string;
  version: number;
  tenantId: string;
  aggregate: { type: string; id: string; version: number };
  occurredAt?: Date;
  causationId?: string;
  payload: Record<string, unknown>;
};

export type EventPublisher = {
  /** Writes the event to the outbox on the caller's transaction; returns its id. Throws outside a transaction. */
  publish(event: DomainEvent): Promise<string>;
};

type Parts = { db: Db; clock: Clock; actor: Actor; requestId: string };

export function createEventPublisher({ db, clock, actor, requestId }: Parts): EventPublisher {
  return {
    async publish(event) {
      // An event that commits without its change, or the other way round, is the one thing an outbox exists to prevent.
      if (!db.isTransaction) throw new TypeError(`${event.type} must be published inside withTransaction`);
      const eventId = newId();
      await insertOutboxEvent(db, {
        eventId,
        event,
        occurredAt: event.occurredAt ?? clock.now(),
        correlationId: requestId,
        actorId: actor.id ?? null,
      });
      return eventId;
    },
  };
}
