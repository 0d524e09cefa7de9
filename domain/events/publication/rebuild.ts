import { randomUUID } from 'node:crypto';
import type { Context } from '#platform/context.ts';
import { recreateStream, writeIdentityMark, type RedisConnection } from '#platform/redis/index.ts';
import { shardKey } from '../shards.ts';
import type { Lease } from '../types.ts';
import { listGroups, listInFlight, listShards } from './listings.ts';
import { append, PUBLISH_BATCH, sortReplies } from './publish.ts';
import { adoptIdentity, moveEntries } from './queries.ts';

/** The key whose loss tells that Redis was flushed. */
export const identityMarkKey = (stream: string) => `${stream}:identity`;

/**
 * Builds the stream again after Redis lost data or was replaced: away with what is left of it, then every event in flight,
 * in order. The counters do not move. Crashing on the way is safe: Redis is adopted last, so it begins anew. Returns how
 * many events were put back.
 */
export async function rebuildStream(ctx: Context, redis: RedisConnection, lease: Lease): Promise<number> {
  const { stream } = lease;
  const groups = await listGroups(ctx.db, stream);
  let restored = 0;
  for (const shard of await listShards(ctx.db, stream)) {
    await recreateStream(redis, shardKey(stream, shard), groups);
    restored += await refillShard(ctx, redis, lease, shard);
  }
  await adoptIdentity(ctx.db, lease, await writeIdentityMark(redis, identityMarkKey(stream), randomUUID()));
  return restored;
}

async function refillShard(ctx: Context, redis: RedisConnection, lease: Lease, shard: number): Promise<number> {
  let restored = 0;
  for (let afterSeq = 0; ;) {
    const events = await listInFlight(ctx.db, { shard, afterSeq, limit: PUBLISH_BATCH });
    if (events.length === 0) return restored;
    const addressed = events.map((event) => ({ event, shard }));
    const { placed, refused } = sortReplies(addressed, await append(redis, lease.stream, addressed));
    if (refused) throw refused.reason;
    await moveEntries(ctx.db, lease, placed);
    afterSeq = events.at(-1)!.seq;
    restored += events.length;
  }
}
