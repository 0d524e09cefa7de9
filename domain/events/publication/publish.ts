import type { Context } from '#platform/context.ts';
import { appendEntries, streamLength, trimBefore, type Appended, type RedisConnection } from '#platform/redis/index.ts';
import { toStreamFields } from '../envelope.ts';
import { shardKey, shardOf } from '../shards.ts';
import type { Lease, OutboxEvent } from '../types.ts';
import { findTrimPoint, listShards } from './listings.ts';
import type { OutboxReader, Remainder } from './outbox-reader.ts';
import { markPublished, noteRefusal, type Placed } from './queries.ts';
import type { Restrictions } from './waiting.ts';

/** Small enough to hold in memory whatever the payloads, large enough that round trips do not count. */
export const PUBLISH_BATCH = 500;

/**
 * So many events a shard may hold that nobody has settled; all others wait in the outbox. It bounds what Redis needs, and what
 * is put back when Redis is lost.
 */
export const WINDOW_PER_SHARD = 4000;

/** So many of them may be one store's, for each shard: they are what everybody's next event waits behind. */
export const STORE_SHARE = 250;

/** A settled stream may stay this long, for people who look into it; some 3 MB at 300 bytes an entry. */
const TRIM_ABOVE = 10_000;

type Round = Restrictions & {
  shardCount: number;
  /** So many may be published now. */ room: number;
};

/** `marked` is less than what was published where workers are settling events before we came to mark them. */
type Placement = { published: OutboxEvent[]; marked: number };

type Publishing = { ctx: Context; redis: RedisConnection; lease: Lease; outbox: OutboxReader };

/**
 * Publishes the oldest waiting events: stream first, then the mark. A crash between the two publishes them again, which
 * the consumers' processed marks absorb; the other order could lose them. Returns what was published, at most
 * {@link PUBLISH_BATCH}, and what remains. Throws LeaseLost, and what Redis or PostgreSQL failed with.
 */
export async function publishNext(
  publishing: Publishing,
  { room, shardCount, ...restrictions }: Round,
): Promise<Placement & { remainder: Remainder }> {
  const { outbox } = publishing;
  const { events, remainder } = await outbox.next({ ...restrictions, limit: Math.min(room, PUBLISH_BATCH) });
  if (events.length === 0) return { published: [], marked: 0, remainder };
  const addressed = events.map((event) => ({ event, shard: shardOf(event, shardCount) }));
  try {
    return { ...(await place(publishing, addressed)), remainder };
  } catch (error) {
    outbox.forget();
    throw error;
  }
}

async function place({ ctx, redis, lease }: Publishing, addressed: readonly Addressed[]): Promise<Placement> {
  const { placed, refused } = sortReplies(addressed, await append(redis, lease.stream, addressed));
  const marked = placed.length > 0 ? await markPublished(ctx.db, lease, placed) : 0;
  if (refused) {
    await noteRefusal(ctx.db, refused.event, refused.reason.message);
    throw refused.reason;
  }
  return { published: placed.map(({ event }) => event), marked };
}

type Addressed = { event: OutboxEvent; shard: number };

/** Adds each event to its shard, all of them in one transaction of Redis. */
export async function append(
  redis: RedisConnection,
  stream: string,
  addressed: readonly Addressed[],
): Promise<Appended[]> {
  return appendEntries(
    redis,
    addressed.map(({ event, shard }) => ({ stream: shardKey(stream, shard), fields: toStreamFields(event) })),
  );
}

type Sorted = { placed: Placed[]; refused: { event: OutboxEvent; reason: Error } | undefined };

/**
 * What may be marked: an event whose entry was taken, unless an earlier event of the same aggregate was refused. That
 * one goes again, and so must those after it, so that no later version overtakes it for good.
 */
export function sortReplies(addressed: readonly Addressed[], replies: readonly Appended[]): Sorted {
  const placed: Placed[] = [];
  const held = new Set<string>();
  let refused: Sorted['refused'];
  for (const [index, { event, shard }] of addressed.entries()) {
    const reply = replies[index]!;
    const key = `${event.tenantId}/${event.aggregate.id}`;
    if ('refusal' in reply) {
      held.add(key);
      refused ??= { event, reason: reply.refusal };
    } else if (!held.has(key)) placed.push({ event, shard, streamId: reply.id });
  }
  return { placed, refused };
}

/** Cuts long shards down to what is not settled. What was settled is judged by PostgreSQL, never by Redis. */
export async function trimStream(ctx: Context, redis: RedisConnection, stream: string): Promise<void> {
  for (const shard of await listShards(ctx.db, stream)) {
    const key = shardKey(stream, shard);
    if ((await streamLength(redis, key)) <= TRIM_ABOVE) continue;
    const firstKept = await findTrimPoint(ctx.db, stream, shard);
    if (firstKept !== undefined) await trimBefore(redis, key, firstKept);
  }
}
