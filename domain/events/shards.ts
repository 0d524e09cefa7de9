import { crc32 } from 'node:zlib';
import type { OutboxEvent } from './types.ts';

/** The Redis key of a shard. The first has the stream's own name, so that one shard looks as though there were none. */
export function shardKey(stream: string, shard: number): string {
  return shard === 0 ? stream : `${stream}:${shard}`;
}

/**
 * The shard of an event: one aggregate's events share it for as long as the count stays. When the count changes the order
 * is kept all the same, because each event names the one before it.
 */
export function shardOf({ tenantId, aggregate }: OutboxEvent, shardCount: number): number {
  return shardCount === 1 ? 0 : crc32(`${tenantId}/${aggregate.id}`) % shardCount;
}
