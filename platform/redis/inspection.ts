import type { RedisConnection } from './connection.ts';

/** What Redis says of a group. `lag` is null where Redis itself cannot know; it is a cross-check and never the truth. */
export type GroupFacts = { length: number; pending: number; consumers: number; lag: number | null };

/** A page is waiting for the answer. Units: ms. */
const LOOK_WITHIN_MS = 500;

/**
 * Undefined when the stream or the group does not exist. Rejects within half a second when Redis does not answer, also
 * when it hangs.
 */
export async function findGroupFacts(
  redis: RedisConnection,
  stream: string,
  group: string,
): Promise<GroupFacts | undefined> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => limit.reject(new Error(`no answer within ${LOOK_WITHIN_MS} ms`)), LOOK_WITHIN_MS);
  try {
    return await Promise.race([readGroupFacts(redis, stream, group), limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function readGroupFacts(
  { client }: RedisConnection,
  stream: string,
  group: string,
): Promise<GroupFacts | undefined> {
  if ((await client.exists(stream)) === 0) return undefined;
  const [length, groups] = await Promise.all([client.xlen(stream), client.xinfo('GROUPS', stream)]);
  const facts = (groups as unknown[][]).map(toRecord).find((candidate) => candidate.name === group);
  if (!facts) return undefined;
  return {
    length,
    pending: Number(facts.pending),
    consumers: Number(facts.consumers),
    lag: typeof facts.lag === 'number' ? facts.lag : null,
  };
}

/**
 * Names the life of the data behind this connection: another server process, or a mark that is gone, means that entries
 * may be lost. Two identities compare equal only when nothing was.
 */
export async function readIdentity({ client }: RedisConnection, markKey: string): Promise<string> {
  const [info, mark] = await Promise.all([client.info('server'), client.get(markKey)]);
  const runId = /^run_id:(\w+)/m.exec(info)?.[1] ?? 'unknown';
  return `${runId}/${mark ?? 'none'}`;
}

/** Leaves the mark that {@link readIdentity} looks for, and returns the identity from now on. */
export async function writeIdentityMark(redis: RedisConnection, markKey: string, mark: string): Promise<string> {
  await redis.client.set(markKey, mark);
  return readIdentity(redis, markKey);
}

function toRecord(flat: unknown[]): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (let i = 0; i < flat.length; i += 2) record[String(flat[i])] = flat[i + 1];
  return record;
}
