import { LeaseLost, type ShardLease } from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';
import { ignoreBecause } from '#platform/errors.ts';
import type { Running } from '#platform/process.ts';
import { every } from '../every.ts';
import { startLoop, type LoopState } from '../loop.ts';
import { pause } from '../wake-signal.ts';
import { createOwnership } from './ownership.ts';
import { createReadAhead } from './read-ahead.ts';
import {
  obeyCommands,
  settleForgotten,
  settleInterrupted,
  settleLeftovers,
  settleNew,
  settleReleased,
  settleReplayed,
  type Worker,
} from './shard-work.ts';

type ConsumerLoop = Running & { state: () => LoopState & { shards: number[] } };

/** Units: ms. */
const RETRY_EVERY_MS = 1000;
const RENEW_EVERY_MS = 1000;
/** Units: ms. What was published this long ago and is not settled is looked for, as often. */
const FORGOTTEN_AFTER_MS = 30_000;

/**
 * Settles what is in the shards that this worker owns: in the database first, then the acknowledgement, so that a crash in
 * between only means a second delivery. Beside new entries it tries again what failed, and what was parked until another
 * event was settled. Without a shard it stands by.
 */
export function startConsumerLoop(ctx: Context, worker: Worker): ConsumerLoop {
  const own = createOwnership(ctx, worker);
  const reader = createReadAhead(worker);
  const isRenewalDue = every(RENEW_EVERY_MS);
  const isRetryDue = every(RETRY_EVERY_MS);
  const isSearchDue = every(FORGOTTEN_AFTER_MS);
  let wasInterrupted = false;

  const resume = async () => {
    // What was read ahead is pending too, whether it came or not.
    await reader.drain();
    for (const lease of own.leases()) await settleInterrupted(worker, lease);
    wasInterrupted = false;
  };
  const round = async (stop: AbortSignal) => {
    // No need to let it rest first: its owner is gone.
    if (isRenewalDue()) for (const lease of await own.renew()) await settleLeftovers(worker, lease, 0);
    const leases = own.leases();
    if (leases.length === 0) return pause(RENEW_EVERY_MS, stop);
    if (wasInterrupted) await resume();
    if (isRetryDue()) for (const lease of leases) await settleOld(worker, lease);
    if (isSearchDue()) for (const lease of leases) await settleForgotten(worker, lease, FORGOTTEN_AFTER_MS);
    await settleNew(worker, leases, await reader.next(leases));
  };

  const loop = startLoop({
    log: ctx.log,
    round,
    onFailure(error) {
      wasInterrupted = true;
      if (error instanceof LeaseLost) own.forget();
    },
  });
  return {
    state: () => ({ ...loop.state(), shards: own.leases().map(({ shard }) => shard) }),
    async stop() {
      await loop.stop();
      const last = await reader.drain();
      await settleNew(worker, own.leases(), last).catch(ignoreBecause('it is pending for the next owner'));
      await own.release();
    },
  };
}

async function settleOld(worker: Worker, lease: ShardLease): Promise<void> {
  await settleLeftovers(worker, lease, RETRY_EVERY_MS);
  await settleReplayed(worker, lease);
  await settleReleased(worker, lease);
  await obeyCommands(worker, lease);
}
