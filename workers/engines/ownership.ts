import {
  CONSTRUCTION_STREAM,
  ENGINES_GROUP,
  holdShards,
  isShardPaused,
  releaseShards,
  type ShardLease,
} from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';
import type { PauseWatch } from '../pause-watch.ts';

type Ownership = {
  /** What we may work on, as far as we know: the fence in each transaction has the last word. */
  leases(): readonly ShardLease[];
  /** Renews them, evens out, and looks what is paused; returns those that are new. */
  renew(): Promise<ShardLease[]>;
  /** Forgets them: those that are still ours stand under our name, and the next renewal brings them back. */
  forget(): void;
  /** Gives them up for others to take at once. */
  release(): Promise<void>;
};

/** The shards of the engines' group that the worker of this name owns; a paused one is owned and left alone. */
export function createOwnership(ctx: Context, { name, pauses }: { name: string; pauses: PauseWatch }): Ownership {
  const owner = { stream: CONSTRUCTION_STREAM, group: ENGINES_GROUP, process: 'engines', worker: name };
  let owned: ShardLease[] = [];
  const leases = () => owned.filter(({ shard }) => !isShardPaused(pauses.now(), shard));
  return {
    leases,
    async renew() {
      await pauses.refresh();
      const before = new Set(owned.map(({ shard }) => shard));
      owned = await holdShards(ctx, owner, owned);
      return leases().filter(({ shard }) => !before.has(shard));
    },
    forget() {
      owned = [];
    },
    release: () => releaseShards(ctx, owned),
  };
}
