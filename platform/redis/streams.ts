import { toError } from '#platform/errors.ts';
import type { RedisConnection } from './connection.ts';

export type StreamFields = Record<string, string>;
export type StreamEntry = { id: string; fields: StreamFields };
/** Where an entry went, or why Redis refused it. */
export type Appended = { id: string } | { refusal: Error };

/**
 * Appends entries in order, each to its stream, as one transaction: a lost connection or a full memory leaves none of them,
 * and nobody's entries come in between. One answer per entry. Rejects when Redis took nothing, or when we cannot know.
 */
export async function appendEntries(
  { client }: RedisConnection,
  entries: readonly { stream: string; fields: StreamFields }[],
): Promise<Appended[]> {
  const transaction = client.multi();
  for (const { stream, fields } of entries) transaction.xadd(stream, '*', ...Object.entries(fields).flat());
  const replies = await transaction.exec().catch(throwCause);
  if (replies?.length !== entries.length) throw new Error('Redis did not answer for every entry');
  return replies.map(([refusal, id]) => (refusal ? { refusal } : { id: String(id) }));
}

/** Why Redis discarded the transaction (no memory, a replica, …), instead of that it did. */
function throwCause(error: Error & { previousErrors?: Error[] }): never {
  throw error.previousErrors?.[0] ?? error;
}

/** Throws the stream away and makes it anew, empty, with its groups at the beginning. */
export async function recreateStream(redis: RedisConnection, stream: string, groups: readonly string[]): Promise<void> {
  await redis.client.del(stream);
  for (const group of groups) await ensureGroup(redis, stream, group);
}

/** Makes the group, and the stream under it, where they are missing. A new group begins with the oldest entry. */
export async function ensureGroup({ client }: RedisConnection, stream: string, group: string): Promise<void> {
  try {
    await client.xgroup('CREATE', stream, group, '0', 'MKSTREAM');
  } catch (error) {
    if (!toError(error).message.startsWith('BUSYGROUP')) throw error;
  }
}

type Read = { streams: readonly string[]; group: string; consumer: string; count: number; blockMs: number };

/**
 * The next entries of each of these streams that no consumer of the group has had, at most `count` from each; empty when
 * none came within `blockMs`. A missing group or stream (Redis was flushed) is made again at once. The connection is busy
 * while it waits: give a reader its own.
 */
export async function readGroup(redis: RedisConnection, read: Read): Promise<Map<string, StreamEntry[]>> {
  const { streams, group, consumer, count, blockMs } = read;
  try {
    const reply = await redis.client.xreadgroup(
      ...(['GROUP', group, consumer, 'COUNT', count, 'BLOCK', blockMs, 'STREAMS'] as const),
      ...streams,
      ...streams.map(() => '>'),
    );
    return new Map(((reply as [string, RawEntry[]][] | null) ?? []).map(([stream, raw]) => [stream, toEntries(raw)]));
  } catch (error) {
    if (!isLostGroup(error)) throw error;
    for (const stream of streams) await ensureGroup(redis, stream, group);
    return new Map();
  }
}

/** Redis answers UNBLOCKED to a reader who was waiting while the stream vanished, NOGROUP to one who comes later. */
function isLostGroup(error: unknown): boolean {
  return /^(NOGROUP|UNBLOCKED)/.test(toError(error).message);
}

type Reclaim = { stream: string; group: string; consumer: string; idleMs: number; count: number };

/**
 * Takes over entries that somebody was given at least `idleMs` ago and never acknowledged, the oldest first. Whether that
 * somebody is gone is for the caller to know.
 */
export async function reclaimEntries(
  redis: RedisConnection,
  { stream, group, consumer, idleMs, count }: Reclaim,
): Promise<StreamEntry[]> {
  try {
    const pending = (await redis.client.call(
      ...(['XPENDING', stream, group, 'IDLE', idleMs, '-', '+', count] as [string, ...(string | number)[]]),
    )) as [id: string, ...unknown[]][];
    const ids = pending.map(([id]) => id);
    if (ids.length === 0) return [];
    return toEntries((await redis.client.xclaim(stream, group, consumer, idleMs, ...ids)) as RawEntry[]);
  } catch (error) {
    if (!isLostGroup(error)) throw error;
    await ensureGroup(redis, stream, group);
    return [];
  }
}

export async function acknowledge(
  { client }: RedisConnection,
  stream: string,
  group: string,
  ids: readonly string[],
): Promise<void> {
  if (ids.length > 0) await client.xack(stream, group, ...ids);
}

/** Drops the entries before `firstKept`; returns how many. Whether they may be dropped is for the caller to know. */
export async function trimBefore({ client }: RedisConnection, stream: string, firstKept: string): Promise<number> {
  return client.xtrim(stream, 'MINID', '=', firstKept);
}

/** Whether the entry of one id comes before that of another. */
export function isBefore(a: string, b: string): boolean {
  const [[aTime, aSequence], [bTime, bSequence]] = [a, b].map((id) => id.split('-').map(Number)) as [
    [number, number?],
    [number, number?],
  ];
  return aTime === bTime ? (aSequence ?? 0) < (bSequence ?? 0) : aTime < bTime;
}

export async function streamLength({ client }: RedisConnection, stream: string): Promise<number> {
  return client.xlen(stream);
}

type RawEntry = [id: string, fields: string[] | null] | null;

/** XCLAIM answers null fields for an entry that was trimmed while pending: there is nothing left to hand on. */
function toEntries(raw: readonly RawEntry[]): StreamEntry[] {
  return raw.flatMap((entry) => {
    if (!entry?.[1]) return [];
    const [id, flat] = entry;
    const fields: StreamFields = {};
    for (let i = 0; i < flat.length; i += 2) fields[flat[i]!] = flat[i + 1]!;
    return [{ id, fields }];
  });
}
