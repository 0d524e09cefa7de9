import type { EventPayload, EventType, OutboxEvent } from '#domain/events/index.ts';
import type { TenantContext } from '#platform/context.ts';

/** What an engine does with one event: all its effects, in the transaction it is given. */
type EventHandler<T extends EventType> = (
  tx: TenantContext,
  payload: EventPayload<T>,
  event: OutboxEvent,
) => Promise<void>;

/** An engine informs and never acts: it turns events into facts and figures, and touches no table of the stores. */
export type Engine = { name: string; handlers: { [T in EventType]?: EventHandler<T> } };
