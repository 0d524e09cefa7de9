import type { EventPayload, EventType } from '#domain/events/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';

/**
 * The function that publishes every event of one kind of aggregate, with the payload its type asks for. The events carry
 * the version that the change made, so that those of one aggregate keep their order on the way.
 */
export function publisherOf(aggregateType: string) {
  return async <T extends EventType>(
    tx: StoreContext,
    { id, version }: { id: string; version: number },
    type: T,
    payload: EventPayload<T>,
  ): Promise<void> => {
    const aggregate = { type: aggregateType, id, version };
    await tx.events.publish({ type, version: 1, tenantId: tx.tenantId, aggregate, payload });
  };
}
