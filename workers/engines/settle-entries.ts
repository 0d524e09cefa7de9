import {
  beginAttempts,
  findTroubled,
  fromStreamFields,
  LeaseLost,
  recordFailure,
  settleEvents,
  type Batch,
  type Consumer,
  type OutboxEvent,
  type ShardLease,
} from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';
import { isTransientFailure } from '#platform/db/index.ts';
import { toError } from '#platform/errors.ts';
import type { StreamEntry } from '#platform/redis/index.ts';
import type { EnginesMetrics } from './engines-metrics.ts';

/** What settles entries: the database, what the engines make of an event, and the numbers. */
export type Settler = { ctx: Context; consumer: Consumer; metrics: EnginesMetrics };

/** An event, and the entry that may be acknowledged once it is settled; one that was parked has none any more. */
type Delivery = { id: string | undefined; event: OutboxEvent };

/**
 * Settles entries of a shard that come for the first time and returns the ids that may be acknowledged. An event that fails
 * is not among them and will be tried again; a database that is away fails the whole call, since that says nothing about
 * any event. Throws LeaseLost.
 */
export async function settleFresh(
  settler: Settler,
  lease: ShardLease,
  entries: readonly StreamEntry[],
): Promise<string[]> {
  const { deliveries, foreign } = readEntries(settler, entries);
  if (deliveries.length === 0) return foreign;
  return [...foreign, ...(await settleTogether(settler, { lease, deliveries }))];
}

/** The same for entries that were delivered before and not acknowledged. */
export async function settleAgain(
  settler: Settler,
  lease: ShardLease,
  entries: readonly StreamEntry[],
): Promise<string[]> {
  const { deliveries, foreign } = readEntries(settler, entries);
  return [...foreign, ...(await settleApart(settler, lease, deliveries))];
}

/** The same for events that were parked and whose time has come. */
export async function settleParked(settler: Settler, lease: ShardLease, events: readonly OutboxEvent[]): Promise<void> {
  const deliveries = events.map((event) => ({ id: undefined, event }));
  await settleApart(settler, lease, deliveries);
}

/**
 * What a killed worker left is tried together first. Whatever is in trouble after that is tried alone, its attempt counted
 * just before, so that an event which kills its worker does not use up its neighbours' attempts.
 */
async function settleApart(settler: Settler, lease: ShardLease, deliveries: readonly Delivery[]): Promise<string[]> {
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
    ids.push(...(await settleTogether(settler, { lease, deliveries: batch, attempts })));
  }
  return ids;
}

/** `foreign` are the ids of entries that no relay of ours wrote. */
function readEntries(
  { ctx, metrics }: Settler,
  entries: readonly StreamEntry[],
): { deliveries: Delivery[]; foreign: string[] } {
  const deliveries: Delivery[] = [];
  const foreign: string[] = [];
  for (const { id, fields } of entries) {
    const event = fromStreamFields(fields);
    if (event) deliveries.push({ id, event });
    else {
      // Nobody can settle it, and unacknowledged it would come for ever.
      foreign.push(id);
      metrics.foreign();
      ctx.log.error({ entry: id }, 'a stream entry is not an event of ours and was skipped');
    }
  }
  return { deliveries, foreign };
}

type Together = { lease: ShardLease; deliveries: readonly Delivery[]; attempts?: Batch['attempts'] };

/** One transaction for all. When that fails, one for each half, and so on: finding one culprit in `n` costs log n of them. */
async function settleTogether(settler: Settler, { lease, deliveries, attempts }: Together): Promise<string[]> {
  const failure = await trySettling(settler, { lease, events: eventsOf(deliveries), ...(attempts && { attempts }) });
  if (!failure) return deliveries.flatMap(({ id }) => id ?? []);
  const [culprit, ...others] = deliveries;
  if (others.length === 0) {
    await noteFailure(settler, culprit!.event, failure);
    return [];
  }
  const middle = Math.ceil(deliveries.length / 2);
  const half = (from: number, to?: number) =>
    settleTogether(settler, { lease, deliveries: deliveries.slice(from, to), ...(attempts && { attempts }) });
  // The earlier half first: the events of an aggregate come in their order.
  const earlier = await half(0, middle);
  return [...earlier, ...(await half(middle))];
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
    if (error instanceof LeaseLost || isTransientFailure(error)) throw error;
    return toError(error);
  }
}

function eventsOf(deliveries: readonly Delivery[]): OutboxEvent[] {
  return deliveries.map(({ event }) => event);
}
