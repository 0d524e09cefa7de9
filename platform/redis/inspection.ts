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

export type ServerFacts = {
  /** See {@link readServer}. */
  identity: string;
  usedMemoryBytes: number;
  /** 0 when there is no limit. */
  maxMemoryBytes: number;
  evictionPolicy: string;
  isAppendOnly: boolean;
};

/**
 * What a server says of itself. `identity` names the life of the data behind this connection: another server process, or a
 * mark that is gone, means that entries may be lost. Two identities compare equal only when nothing was.
 */
export async function readServer({ client }: RedisConnection, markKey: string): Promise<ServerFacts> {
  const [info, mark] = await Promise.all([client.info('server', 'memory', 'persistence'), client.get(markKey)]);
  const fact = (name: string) => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1];
  return {
    identity: `${fact('run_id') ?? 'unknown'}/${mark ?? 'none'}`,
    usedMemoryBytes: Number(fact('used_memory') ?? NaN),
    maxMemoryBytes: Number(fact('maxmemory') ?? 0),
    evictionPolicy: fact('maxmemory_policy') ?? 'unknown',
    isAppendOnly: fact('aof_enabled') === '1',
  };
}

/** Leaves the mark that {@link readServer} looks for, and returns the identity from now on. */
export async function writeIdentityMark(redis: RedisConnection, markKey: string, mark: string): Promise<string> {
  await redis.client.set(markKey, mark);
  return (await readServer(redis, markKey)).identity;
}

function toRecord(flat: unknown[]): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (let i = 0; i < flat.length; i += 2) record[String(flat[i])] = flat[i + 1];
  return record;
}
