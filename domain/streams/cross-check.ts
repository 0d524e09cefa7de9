import { CONSTRUCTION_STREAM, ENGINES_GROUP } from '#domain/events/index.ts';
import { toError } from '#platform/errors.ts';
import { findGroupFacts, type GroupFacts, type RedisConnection } from '#platform/redis/index.ts';
import type { RedisReport } from './types.ts';

type Seen = { facts: GroupFacts | undefined; asOf: Date };

/** What each Redis said last, to be shown as stale while it is away. */
const lastSeen = new WeakMap<RedisConnection, Seen>();

/** Asks Redis what it makes of the group. Never throws: a Redis that is away is an answer, with what it last said. */
export async function crossCheck(redis: RedisConnection, now: Date): Promise<RedisReport> {
  try {
    const facts = await findGroupFacts(redis, CONSTRUCTION_STREAM, ENGINES_GROUP);
    lastSeen.set(redis, { facts, asOf: now });
    return { status: 'OK', reason: 'working', isStale: false, asOf: now, facts };
  } catch (error) {
    const seen = lastSeen.get(redis);
    const detail = toError(error).message;
    return { status: 'UNKNOWN', reason: 'no_answer', detail, isStale: true, asOf: seen?.asOf, facts: seen?.facts };
  }
}
