import { randomUUID } from 'node:crypto';
import type { Context } from '#platform/context.ts';
import {
  appendEntries,
  recreateStream,
  streamLength,
  trimBefore,
  writeIdentityMark,
  type Appended,
  type RedisConnection,
} from '#platform/redis/index.ts';
import { toStreamFields } from './envelope.ts';
import { findTrimPoint, getSettledPosition, listGroups, listUnpublished, listUnsettled } from './listings.ts';
import {
  adoptIdentity,
  advanceSettledPositions,
  insertSamples,
  markPublished,
  moveEntries,
  noteRefusal,
  type Placed,
} from './queries.ts';
import type { Lease, OutboxEvent } from './types.ts';

/** Small enough to hold in memory whatever the payloads, large enough that round trips do not count. */
export const PUBLISH_BATCH = 500;

/** A settled stream may stay this long, for people who look into it; some 7 MB at 300 bytes an entry. */
const TRIM_ABOVE = 20_000;

/** The key whose loss tells that Redis was flushed. */
export const identityMarkKey = (stream: string) => `${stream}:identity`;

/**
 * Publishes the oldest waiting events: stream first, then the mark. A crash between the two publishes them again, which
 * the consumers' processed marks absorb; the other order could lose them. Returns what was published, at most
 * {@link PUBLISH_BATCH}. Throws LeaseLost, and what Redis or PostgreSQL failed with.
 */
export async function publishNext(ctx: Context, redis: RedisConnection, lease: Lease): Promise<OutboxEvent[]> {
  const events = await listUnpublished(ctx.db, PUBLISH_BATCH);
  if (events.length === 0) return [];
  const replies = await appendEntries(redis, lease.stream, events.map(toStreamFields));
  const { placed, refused } = sortReplies(events, replies);
  if (placed.length > 0) await markPublished(ctx.db, lease, placed);
  if (refused) {
    await noteRefusal(ctx.db, refused.event, refused.reason.message);
    throw refused.reason;
  }
  return placed.map(({ event }) => event);
}

type Sorted = { placed: Placed[]; refused: { event: OutboxEvent; reason: Error } | undefined };

/**
 * What may be marked: an event whose entry was taken, unless an earlier event of the same aggregate was refused. That
 * one goes again, and so must those after it, so that no later version overtakes it for good.
 */
export function sortReplies(events: readonly OutboxEvent[], replies: readonly Appended[]): Sorted {
  const placed: Placed[] = [];
  const held = new Set<string>();
  let refused: Sorted['refused'];
  for (const [index, event] of events.entries()) {
    const reply = replies[index]!;
    const key = `${event.tenantId}/${event.aggregate.id}`;
    if ('refusal' in reply) {
      held.add(key);
      refused ??= { event, reason: reply.refusal };
    } else if (!held.has(key)) placed.push({ event, streamId: reply.id });
  }
  return { placed, refused };
}

/**
 * Builds the stream again after Redis lost data or was replaced: away with what is left of it, then every event that
 * some group has not settled, in order. Events keep their positions, so the counters do not move. Crashing on the way is
 * safe: Redis is adopted last, so it begins anew. Returns how many events were put back.
 */
export async function rebuildStream(ctx: Context, redis: RedisConnection, lease: Lease): Promise<number> {
  const { stream } = lease;
  await recreateStream(redis, stream, await listGroups(ctx.db, stream));
  let position = await getSettledPosition(ctx.db, stream);
  let restored = 0;
  for (;;) {
    const events = await listUnsettled(ctx.db, { stream, position, limit: PUBLISH_BATCH });
    if (events.length === 0) break;
    const replies = await appendEntries(redis, stream, events.map(toStreamFields));
    const { placed, refused } = sortReplies(events, replies);
    if (refused) throw refused.reason;
    await moveEntries(ctx.db, lease, placed);
    position = events.at(-1)!.position;
    restored += events.length;
  }
  await adoptIdentity(ctx.db, lease, await writeIdentityMark(redis, identityMarkKey(stream), randomUUID()));
  return restored;
}

/** Brings the settled positions and the samples up to date; to be called every few seconds, Redis or no Redis. */
export async function keepBooks(ctx: Context, stream: string): Promise<void> {
  await advanceSettledPositions(ctx.db, stream);
  await insertSamples(ctx.db, stream);
}

/** Cuts a long stream down to what is not settled. What was settled is judged by PostgreSQL, never by Redis. */
export async function trimStream(ctx: Context, redis: RedisConnection, stream: string): Promise<void> {
  if ((await streamLength(redis, stream)) <= TRIM_ABOVE) return;
  const firstKept = await findTrimPoint(ctx.db, stream);
  if (firstKept !== undefined) await trimBefore(redis, stream, firstKept);
}
