import {
  beginAttempts,
  findTroubled,
  fromStreamFields,
  recordFailure,
  settleEvents,
  type Batch,
  type Consumer,
  type OutboxEvent,
} from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';
import { isTransientFailure } from '#platform/db/index.ts';
import { toError } from '#platform/errors.ts';
import type { StreamEntry } from '#platform/redis/index.ts';
import type { EnginesMetrics } from './engines-metrics.ts';

/** What settles entries: the database, what the engines make of an event, and the numbers. */
export type Settler = { ctx: Context; consumer: Consumer; metrics: EnginesMetrics };

type Delivery = { id: string; event: OutboxEvent };

/**
 * Settles entries that come for the first time and returns the ids that may be acknowledged. An event that fails is not
 * among them and will be tried again; a database that is away fails the whole call, since that says nothing about any
 * event.
 */
export function settleFresh(settler: Settler, entries: readonly StreamEntry[]): Promise<string[]> {
  return settleByTenant(settler, entries, (deliveries) => settleTogether(settler, deliveries));
}

/**
 * The same for entries that were delivered before and not acknowledged. What a killed worker left is tried together
 * first. Whatever is in trouble after that is tried alone, its attempt counted just before, so that an event which kills
 * its worker does not use up its neighbours' attempts.
 */
export function settleAgain(settler: Settler, entries: readonly StreamEntry[]): Promise<string[]> {
  return settleByTenant(settler, entries, async (deliveries) => {
    const { ctx, consumer } = settler;
    const troubled = await findTroubled(ctx, consumer.group, eventsOf(deliveries));
    const isTroubled = ({ event }: Delivery) => troubled.has(event.eventId);
    const batches = [
      deliveries.filter((delivery) => !isTroubled(delivery)),
      ...deliveries.filter(isTroubled).map((delivery) => [delivery]),
    ];
    const ids: string[] = [];
    for (const batch of batches.filter(({ length }) => length > 0)) {
      const attempts = await beginAttempts(ctx, consumer.group, eventsOf(batch));
      ids.push(...(await settleTogether(settler, batch, attempts)));
    }
    return ids;
  });
}

async function settleByTenant(
  { ctx, metrics }: Settler,
  entries: readonly StreamEntry[],
  settle: (deliveries: readonly Delivery[]) => Promise<string[]>,
): Promise<string[]> {
  const deliveries: Delivery[] = [];
  const ids: string[] = [];
  for (const { id, fields } of entries) {
    const event = fromStreamFields(fields);
    if (event) deliveries.push({ id, event });
    else {
      // Nobody can settle it, and unacknowledged it would come for ever.
      ids.push(id);
      metrics.foreign();
      ctx.log.error({ entry: id }, 'a stream entry is not an event of ours and was skipped');
    }
  }
  for (const ofTenant of Map.groupBy(deliveries, ({ event }) => event.tenantId).values())
    ids.push(...(await settle(ofTenant)));
  return ids;
}

/** One transaction for all. When that fails, one for each half, and so on: finding one culprit in `n` costs log n of them. */
async function settleTogether(
  settler: Settler,
  deliveries: readonly Delivery[],
  attempts?: Batch['attempts'],
): Promise<string[]> {
  const failure = await trySettling(settler, { events: eventsOf(deliveries), ...(attempts && { attempts }) });
  if (!failure) return deliveries.map(({ id }) => id);
  const [culprit, ...others] = deliveries;
  if (others.length === 0) {
    await noteFailure(settler, culprit!.event, failure);
    return [];
  }
  const middle = Math.ceil(deliveries.length / 2);
  // The earlier half first: the events of an aggregate come in their order.
  const earlier = await settleTogether(settler, deliveries.slice(0, middle), attempts);
  return [...earlier, ...(await settleTogether(settler, deliveries.slice(middle), attempts))];
}

async function noteFailure({ ctx, consumer, metrics }: Settler, event: OutboxEvent, failure: Error): Promise<void> {
  metrics.failed();
  const { eventId, tenantId, type } = event;
  ctx.log.warn({ err: failure, eventId, tenantId, type }, 'an event failed and will be tried again');
  await recordFailure(ctx, consumer.group, event, failure);
}

/** Nothing when the batch is settled, the error when one of its events failed and all were rolled back. */
async function trySettling({ ctx, consumer, metrics }: Settler, batch: Batch): Promise<Error | undefined> {
  try {
    metrics.settled(await settleEvents(ctx, consumer, batch));
    return undefined;
  } catch (error) {
    if (isTransientFailure(error)) throw error;
    return toError(error);
  }
}

function eventsOf(deliveries: readonly Delivery[]): OutboxEvent[] {
  return deliveries.map(({ event }) => event);
}
