import { shardOf, STORE_SHARE, type OutboxEvent } from '#domain/events/index.ts';

type FairWindow = {
  /** To be told before each batch what is in flight, by shard. */
  settle(inFlight: readonly number[]): void;
  note(published: readonly OutboxEvent[], shardCount: number): void;
  /** How many more events of each store may be published now, of those that have any in flight. */
  allowances(shardCount: number): Map<string, number>;
  /** Whether a store has all it may have in flight, so that more of it may wait for nothing but the workers. */
  isHolding(shardCount: number): boolean;
};

/**
 * Keeps the share of each store in the window small, so that an event waits behind few of a store that floods the stream.
 * Shards are settled in order: what is in flight are the events that were published last, as many as the counters say. Those
 * that another relay published before us count for no store.
 */
export function createFairWindow(): FairWindow {
  const shards = new Map<number, string[]>();
  const counts = new Map<string, number>();

  const add = (tenantId: string, change: number) => {
    const count = (counts.get(tenantId) ?? 0) + change;
    if (count > 0) counts.set(tenantId, count);
    else counts.delete(tenantId);
  };
  const allowance = (count: number, shardCount: number) => Math.max(0, STORE_SHARE * shardCount - count);
  return {
    settle(inFlight) {
      for (const [shard, stores] of shards) {
        const settled = stores.splice(0, Math.max(0, stores.length - (inFlight[shard] ?? 0)));
        for (const tenantId of settled) add(tenantId, -1);
      }
    },
    note(published, shardCount) {
      for (const event of published) {
        const shard = shardOf(event, shardCount);
        const stores = shards.get(shard) ?? [];
        shards.set(shard, stores);
        stores.push(event.tenantId);
        add(event.tenantId, 1);
      }
    },
    allowances: (shardCount) => new Map([...counts].map(([store, count]) => [store, allowance(count, shardCount)])),
    isHolding: (shardCount) => [...counts.values()].some((count) => allowance(count, shardCount) === 0),
  };
}
