import type { EventPayload, EventType, OutboxEvent } from '#domain/events/index.ts';
import type { TenantLane } from '#platform/db/index.ts';

/** One event of one type, with the payload that its contract promises. */
export type Fact<T extends EventType> = { event: OutboxEvent; payload: EventPayload<T> };

/**
 * What an engine does with events of one type and one tenant, in their order: all their effects, in the transaction
 * whose lane it is given, in a number of statements that does not depend on how many they are.
 */
type EventHandler<T extends EventType> = (lane: TenantLane, facts: readonly Fact<T>[]) => Promise<void>;

/** An engine informs and never acts: it turns events into facts and figures, and touches no table of the stores. */
export type Engine = {
  name: string;
  handlers: { [T in EventType]?: EventHandler<T> };
  /**
   * Works out what is too much for each event, for subjects that its handlers asked for; soon after, many at once. Must say
   * what is true now, whatever it said before.
   */
  recompute?: (lane: TenantLane, subjects: readonly string[]) => Promise<void>;
};
