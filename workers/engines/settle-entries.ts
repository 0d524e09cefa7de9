import {
  fromStreamFields,
  recordFailure,
  retryEvent,
  settleEvents,
  type Consumer,
  type OutboxEvent,
  type Settled,
} from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';
import { isTransientFailure } from '#platform/db/index.ts';
import type { StreamEntry } from '#platform/redis/index.ts';
import type { EnginesMetrics } from './engines-metrics.ts';

type Delivery = { id: string; event: OutboxEvent };

export type Settler = {
  /** Settles entries that come for the first time; returns the ids that may be acknowledged. */
  settleFresh: (entries: readonly StreamEntry[]) => Promise<string[]>;
  /** Tries entries again that were given out before and never acknowledged. */
  settleAgain: (entries: readonly StreamEntry[]) => Promise<string[]>;
};

type Options = { ctx: Context; consumer: Consumer; metrics: EnginesMetrics };

/**
 * Settles stream entries against the database. An event that fails stays unacknowledged for a later try while the others
 * go on; a database that is away makes the whole call fail, since that says nothing about any event.
 */
export function createSettler({ ctx, consumer, metrics }: Options): Settler {
  /** The id when the event is settled, nothing when it failed and must stay. */
  const settleOne = async (delivery: Delivery, settle: () => Promise<Settled[]>): Promise<string[]> => {
    try {
      metrics.settled(await settle());
      return [delivery.id];
    } catch (error) {
      if (isTransientFailure(error)) throw error;
      metrics.failed();
      const { eventId, tenantId, type } = delivery.event;
      ctx.log.warn({ err: error, eventId, tenantId, type }, 'an event failed and will be tried again');
      await recordFailure(ctx, consumer.group, delivery.event, error);
      return [];
    }
  };

  /** One transaction for a tenant's whole batch; when that fails, one for each, so that only the culprit stays behind. */
  const settleTenant = async (tenantId: string, deliveries: readonly Delivery[]): Promise<string[]> => {
    if (deliveries.length > 1) {
      const events = deliveries.map(({ event }) => event);
      try {
        metrics.settled(await settleEvents(ctx, consumer, tenantId, events));
        return deliveries.map(({ id }) => id);
      } catch (error) {
        if (isTransientFailure(error)) throw error;
      }
    }
    const ids: string[] = [];
    for (const delivery of deliveries)
      ids.push(...(await settleOne(delivery, () => settleEvents(ctx, consumer, tenantId, [delivery.event]))));
    return ids;
  };

  /** Splits off entries that are not events: nobody can settle them, and unacknowledged they would come for ever. */
  const readEntries = (entries: readonly StreamEntry[]) => {
    const deliveries: Delivery[] = [];
    const foreign: string[] = [];
    for (const { id, fields } of entries) {
      const event = fromStreamFields(fields);
      if (event) deliveries.push({ id, event });
      else {
        foreign.push(id);
        metrics.foreign();
        ctx.log.error({ entry: id }, 'a stream entry is not an event of ours and was skipped');
      }
    }
    return { deliveries, foreign };
  };

  return {
    async settleFresh(entries) {
      const { deliveries, foreign } = readEntries(entries);
      const ids = [...foreign];
      for (const [tenantId, ofTenant] of Map.groupBy(deliveries, ({ event }) => event.tenantId))
        ids.push(...(await settleTenant(tenantId, ofTenant)));
      return ids;
    },
    async settleAgain(entries) {
      const { deliveries, foreign } = readEntries(entries);
      const ids = [...foreign];
      for (const delivery of deliveries)
        ids.push(...(await settleOne(delivery, () => retryEvent(ctx, consumer, delivery.event))));
      return ids;
    },
  };
}
