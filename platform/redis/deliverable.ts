import type { RedisConnection } from './connection.ts';
import { isBefore } from './streams.ts';

type Asked = { stream: string; group: string; ids: readonly string[] };

/**
 * Which of these entries the group will never be given (again): deleted or trimmed away before they were read, or read by a
 * consumer that was removed with what it had in hand. Nobody can tell from Redis that they were not acknowledged instead.
 */
export async function findUndeliverable({ client }: RedisConnection, asked: Asked): Promise<string[]> {
  const { stream, group, ids } = asked;
  if (ids.length === 0 || (await client.exists(stream)) === 0) return [];
  const groups = (await client.xinfo('GROUPS', stream)) as unknown[][];
  const found = groups.find((flat) => flat[flat.indexOf('name') + 1] === group);
  if (!found) return [];
  const delivered = String(found[found.indexOf('last-delivered-id') + 1]);
  const pipeline = client.pipeline();
  for (const id of ids) pipeline.xpending(stream, group, id, id, 1).xrange(stream, id, id);
  const replies = (await pipeline.exec()) ?? [];
  return ids.filter((id, index) => {
    const [pending, entries] = [replies[2 * index], replies[2 * index + 1]].map((reply) => lengthOf(reply));
    return pending === 0 && (entries === 0 || !isBefore(delivered, id));
  });
}

/** Of a reply that failed nothing is known: it counts as one that is there. */
function lengthOf(reply: [error: Error | null, result: unknown] | undefined): number {
  const [error, result] = reply ?? [new Error('no reply'), undefined];
  return error === null && Array.isArray(result) ? result.length : 1;
}
