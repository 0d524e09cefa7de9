import {
  CONSTRUCTION_STREAM,
  ENGINES_GROUP,
  holdShards,
  LeaseLost,
  releaseShards,
  type ShardLease,
} from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';
import type { Running } from '#platform/process.ts';
import { every } from '../every.ts';
import { startLoop, type LoopState } from '../loop.ts';
import { pause } from '../wake-signal.ts';
import { settleInterrupted, settleLeftovers, settleNew, settleReleased, type Worker } from './shard-work.ts';

type ConsumerLoop = Running & { state: () => LoopState & { shards: number[] } };

/** Units: ms. */
const RETRY_EVERY_MS = 1000;
const RENEW_EVERY_MS = 1000;

/**
 * Settles what is in the shards that this worker owns: in the database first, then the acknowledgement, so that a crash in
 * between only means a second delivery. Beside new entries it tries again what failed, and what was parked until another
 * event was settled. Without a shard it stands by.
 */
export function startConsumerLoop(ctx: Context, worker: Worker): ConsumerLoop {
  const owner = { stream: CONSTRUCTION_STREAM, group: ENGINES_GROUP, process: 'engines', worker: worker.name };
  const isRenewalDue = every(RENEW_EVERY_MS);
  const isRetryDue = every(RETRY_EVERY_MS);
  let leases: ShardLease[] = [];
  let wasInterrupted = false;

  const renew = async () => {
    const before = new Set(leases.map(({ shard }) => shard));
    leases = await holdShards(ctx, owner, leases);
    // No need to let it rest first: its owner is gone.
    for (const lease of leases.filter(({ shard }) => !before.has(shard))) await settleLeftovers(worker, lease, 0);
  };

  const settleOthers = async (lease: ShardLease) => {
    await settleLeftovers(worker, lease, RETRY_EVERY_MS);
    await settleReleased(worker, lease);
  };

  const loop = startLoop({
    log: ctx.log,
    async round(stop) {
      if (isRenewalDue()) await renew();
      if (leases.length === 0) return pause(RENEW_EVERY_MS, stop);
      if (wasInterrupted) for (const lease of leases) await settleInterrupted(worker, lease);
      wasInterrupted = false;
      if (isRetryDue()) for (const lease of leases) await settleOthers(lease);
      await settleNew(worker, leases);
    },
    onFailure(error) {
      wasInterrupted = true;
      // Asks for all of them again: those that are still ours stand under our name.
      if (error instanceof LeaseLost) leases = [];
    },
  });
  return {
    state: () => ({ ...loop.state(), shards: leases.map(({ shard }) => shard) }),
    async stop() {
      await loop.stop();
      await releaseShards(ctx, leases);
    },
  };
}
