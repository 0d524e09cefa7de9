import type { Context } from '#platform/context.ts';
import type { ShardLease } from '../types.ts';
import { countOthers, freeShards, renewShards, takeShards } from './ownership-queries.ts';

/** Who owns shards: a worker by its name, of a kind of process that beats. */
export type Owner = { stream: string; group: string; process: string; worker: string };

/**
 * Renews what is held, takes what is free, and gives up what is more than this worker's fair share, so that a worker which
 * just starts gets its part. Returns what is held from now on; a lease that another worker has taken is not in it.
 * To be called about once a second: a lease runs out after 10 s.
 */
export async function holdShards(ctx: Context, owner: Owner, held: readonly ShardLease[]): Promise<ShardLease[]> {
  const [renewed, { shards, others }] = await Promise.all([
    renewShards(ctx.db, owner, held),
    countOthers(ctx.db, owner),
  ]);
  const share = Math.ceil(shards / (others + 1));
  if (renewed.length > share) {
    await freeShards(ctx.db, renewed.slice(share));
    return renewed.slice(0, share);
  }
  if (renewed.length === share) return renewed;
  return [...renewed, ...(await takeShards(ctx.db, owner, renewed, share - renewed.length))];
}

/** Lets another worker take over at once. */
export async function releaseShards(ctx: Context, held: readonly ShardLease[]): Promise<void> {
  if (held.length > 0) await freeShards(ctx.db, held);
}
