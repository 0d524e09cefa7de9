import { identityMarkKey, shardKey } from '#domain/events/index.ts';
import { toError } from '#platform/errors.ts';
import { findGroupFacts, lookAt, readServer, type GroupFacts, type RedisConnection } from '#platform/redis/index.ts';
import type { RedisFacts, RedisReport } from './types.ts';

type Asked = { stream: string; group: string; shards: readonly number[] };
type Seen = { facts: RedisFacts | undefined; memory: { usedBytes: number; maxBytes: number }; asOf: Date };

/** What each Redis said last, to be shown as stale while it is away. */
const lastSeen = new WeakMap<RedisConnection, Seen>();

export type CrossCheck = {
  report: Omit<RedisReport, 'memory'>;
  memory: { usedBytes: number; maxBytes: number; asOf: Date } | undefined;
  /** Undefined while it does not answer. */
  identity: string | undefined;
};

const NOT_ASKED: CrossCheck = {
  report: { status: 'UNKNOWN', reason: 'no_answer', isStale: true, asOf: undefined, facts: undefined },
  memory: undefined,
  identity: undefined,
};

/** Asks Redis what it makes of the group. Never throws: a Redis that is away is an answer, with what it last said. */
export async function crossCheck(redis: RedisConnection | undefined, asked: Asked, now: Date): Promise<CrossCheck> {
  if (!redis) return NOT_ASKED;
  try {
    const { identity, ...seen } = await lookAt(() => look(redis, asked, now));
    lastSeen.set(redis, seen);
    const report = { status: 'OK', reason: 'working', isStale: false, asOf: now, facts: seen.facts } as const;
    return { report, memory: { ...seen.memory, asOf: now }, identity };
  } catch (error) {
    const seen = lastSeen.get(redis);
    const known = { isStale: true, asOf: seen?.asOf, facts: seen?.facts };
    return {
      report: { status: 'UNKNOWN', reason: 'no_answer', detail: toError(error).message, ...known },
      memory: seen && { ...seen.memory, asOf: seen.asOf },
      identity: undefined,
    };
  }
}

async function look(redis: RedisConnection, asked: Asked, asOf: Date): Promise<Seen & { identity: string }> {
  const { stream, group, shards } = asked;
  const [server, ...found] = await Promise.all([
    readServer(redis, identityMarkKey(stream)),
    ...shards.map((shard) => findGroupFacts(redis, shardKey(stream, shard), group)),
  ]);
  const memory = { usedBytes: server.usedMemoryBytes, maxBytes: server.maxMemoryBytes };
  return { identity: server.identity, memory, asOf, facts: combine(shards, found) };
}

/** One figure for all shards; what one of them does not know, or does not have, is not known of the whole. */
function combine(shards: readonly number[], found: readonly (GroupFacts | undefined)[]): RedisFacts | undefined {
  const known = found.filter((facts) => facts !== undefined);
  if (known.length === 0 || known.length < found.length) return undefined;
  return {
    length: known.reduce((sum, { length }) => sum + length, 0),
    pending: known.reduce((sum, { pending }) => sum + pending, 0),
    lag: known.reduce<number | null>((sum, { lag }) => (sum === null || lag === null ? null : sum + lag), 0),
    consumers: known.flatMap(({ consumers }, index) =>
      consumers.map((consumer) => ({ shard: shards[index]!, ...consumer })),
    ),
  };
}
