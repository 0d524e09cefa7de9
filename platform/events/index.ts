import type { Clock } from '#platform/clock.ts';
import type { Actor } from '#platform/context.ts';
import type { Db } from '#platform/db/database.ts';
import { ignoreBecause } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { insertOutboxEvent } from './queries.ts';
import { wakeUpOf } from './wake-up.ts';

export { OUTBOX_CHANNEL } from './queries.ts';

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
  /**
   * Writes the event to the outbox on the caller's transaction and wakes the relay once that has committed. Returns the
   * event's id. Throws outside a transaction.
   */
  publish(event: DomainEvent): Promise<string>;
  /** The same publisher in a transaction of its pool. */
  boundTo(parts: Parts): EventPublisher;
};

type Parts = { db: Db; clock: Clock; actor: Actor; requestId: string };

export function createEventPublisher(parts: Parts): EventPublisher {
  return publisherOn(parts, wakeUpOf(parts.db));
}

function publisherOn({ db, clock, actor, requestId }: Parts, wakeRelay: () => void): EventPublisher {
  return {
    async publish(event) {
      // An event that commits without its change, or the other way round, is the one thing an outbox exists to prevent.
      if (!isTransaction(db)) throw new TypeError(`${event.type} must be published inside withTransaction`);
      const eventId = newId();
      await insertOutboxEvent(db, {
        eventId,
        event,
        occurredAt: event.occurredAt ?? clock.now(),
        correlationId: requestId,
        actorId: actor.id ?? null,
      });
      db.executionPromise.then(wakeRelay, ignoreBecause('rolled back: there is no event to announce'));
      return eventId;
    },
    boundTo: (parts) => publisherOn(parts, wakeRelay),
  };
}

/** knex settles executionPromise when the transaction has committed or rolled back. */
function isTransaction(db: Db): db is Db & { executionPromise: Promise<unknown> } {
  return db.isTransaction === true;
}
