import {
  CONSTRUCTION_STREAM,
  ENGINES_GROUP,
  holdShards,
  releaseShards,
  type ShardLease,
} from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';

type Ownership = {
  /** What we own, as far as we know: the fence in each transaction has the last word. */
  leases(): readonly ShardLease[];
  /** Renews them and evens out; returns those that are new. */
  renew(): Promise<ShardLease[]>;
  /** Forgets them: those that are still ours stand under our name, and the next renewal brings them back. */
  forget(): void;
  /** Gives them up for others to take at once. */
  release(): Promise<void>;
};

/** The shards of the engines' group that the worker of this name owns. */
export function createOwnership(ctx: Context, worker: string): Ownership {
  const owner = { stream: CONSTRUCTION_STREAM, group: ENGINES_GROUP, process: 'engines', worker };
  let leases: ShardLease[] = [];
  return {
    leases: () => leases,
    async renew() {
      const before = new Set(leases.map(({ shard }) => shard));
      leases = await holdShards(ctx, owner, leases);
      return leases.filter(({ shard }) => !before.has(shard));
    },
    forget() {
      leases = [];
    },
    release: () => releaseShards(ctx, leases),
  };
}
