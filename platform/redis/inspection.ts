import type { RedisConnection } from './connection.ts';

/** What Redis says of a group. `lag` is null where Redis itself cannot know; it is a cross-check and never the truth. */
export type GroupFacts = { length: number; pending: number; lag: number | null; consumers: ConsumerFacts[] };

/** `deliveries` and `oldestPendingMs` are of the entries that the first hundred pending ones of the group show of it. */
type ConsumerFacts = {
  name: string;
  pending: number;
  idleMs: number;
  deliveries: number | undefined;
  oldestPendingMs: number | undefined;
};

/** A page is waiting for the answer. Units: ms. */
const LOOK_WITHIN_MS = 500;
const PENDING_LOOKED_AT = 100;

/** Rejects within half a second when Redis does not answer, also when it hangs. */
export async function lookAt<T>(look: () => Promise<T>): Promise<T> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => limit.reject(new Error(`no answer within ${LOOK_WITHIN_MS} ms`)), LOOK_WITHIN_MS);
  try {
    return await Promise.race([look(), limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Undefined when the stream or the group does not exist. */
export async function findGroupFacts(
  { client }: RedisConnection,
  stream: string,
  group: string,
): Promise<GroupFacts | undefined> {
  if ((await client.exists(stream)) === 0) return undefined;
  const [length, groups] = await Promise.all([client.xlen(stream), client.xinfo('GROUPS', stream)]);
  const facts = (groups as unknown[][]).map(toRecord).find((candidate) => candidate.name === group);
  if (!facts) return undefined;
  const [consumers, pending] = await Promise.all([
    client.xinfo('CONSUMERS', stream, group),
    client.xpending(stream, group, '-', '+', PENDING_LOOKED_AT),
  ]);
  return {
    length,
    pending: Number(facts.pending),
    lag: typeof facts.lag === 'number' ? facts.lag : null,
    consumers: (consumers as unknown[][]).map((raw) => toConsumer(toRecord(raw), pending as PendingEntry[])),
  };
}

type PendingEntry = [id: string, consumer: string, idleMs: number, deliveries: number];

function toConsumer({ name, pending, idle }: Record<string, unknown>, entries: readonly PendingEntry[]): ConsumerFacts {
  const own = entries.filter(([, consumer]) => consumer === name);
  return {
    name: String(name),
    pending: Number(pending),
    idleMs: Number(idle),
    deliveries: own.length > 0 ? Math.max(...own.map(([, , , deliveries]) => deliveries)) : undefined,
    oldestPendingMs: own.length > 0 ? Math.max(...own.map(([, , idleMs]) => idleMs)) : undefined,
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
  // In one write: this is asked before each batch of events.
  const replies = await client.pipeline().info('server', 'memory', 'persistence').get(markKey).exec();
  const [info, mark] = (replies ?? []).map(([error, reply]) => {
    if (error) throw error;
    return reply as string | null;
  });
  const fact = (name: string) => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info ?? '')?.[1];
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
