import { CONSTRUCTION_STREAM, ENGINES_GROUP, shardKey } from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';
import { findGroupFacts, lookAt, type GroupFacts, type RedisConnection } from '#platform/redis/index.ts';
import { readShards } from '../shards.ts';

/** A consumer of a shard in Redis; of one that is not the owner nothing more is read. */
export type Reader = GroupFacts['consumers'][number] & { shard: number; isOwner: boolean };

/** What Redis holds of a shard, and how much of it is settled: about, since events are settled all the time. */
type ShardStore = { shard: number; entries: number; settled: number };

type Readers = { readers: Reader[]; stores: ShardStore[] };

/** Who reads each shard according to Redis, and how much it holds; undefined while Redis does not answer. */
export async function readReaders(ctx: Context, redis: RedisConnection): Promise<Readers | undefined> {
  const { shards } = await readShards(ctx);
  const look = () =>
    Promise.all(shards.map(({ shard }) => findGroupFacts(redis, shardKey(CONSTRUCTION_STREAM, shard), ENGINES_GROUP)));
  const found = await lookAt(look).catch((error: unknown) => {
    ctx.log.warn({ err: error }, 'Redis does not say who reads the shards');
  });
  if (!found) return undefined;
  const known = shards.flatMap((shard, index) => (found[index] ? [{ ...shard, facts: found[index] }] : []));
  return {
    readers: known.flatMap(({ shard, owner, facts }) =>
      facts.consumers.map((consumer) => ({ ...consumer, shard, isOwner: consumer.name === owner })),
    ),
    stores: known.map(({ shard, inFlight, facts: { length } }) => {
      return { shard, entries: length, settled: Math.max(0, length - inFlight) };
    }),
  };
}
