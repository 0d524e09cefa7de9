import {
  CONSTRUCTION_STREAM,
  LeaseLost,
  releaseLease,
  renewLease,
  takeLease,
  type Lease,
} from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';
import type { Running } from '#platform/process.ts';
import type { RedisConnection } from '#platform/redis/index.ts';
import { every } from '../every.ts';
import { startLoop, type LoopState } from '../loop.ts';
import { pause, type WakeSignal } from '../wake-signal.ts';
import { createPublisher } from './publisher.ts';
import type { RelayMetrics } from './relay-metrics.ts';

type Options = {
  ctx: Context;
  redis: RedisConnection;
  /** Names this process in the lease; one process at a time may have it. */
  holder: string;
  wake: WakeSignal;
  metrics: RelayMetrics;
};

type RelayState = LoopState & { role: 'active' | 'standby'; warnings: readonly string[] };
type RelayLoop = Running & { state: () => RelayState };

/** Units: ms. The poll is what finds an event whose wake-up was lost. */
const POLL_MS = 1000;
const RENEW_EVERY_MS = 1000;
/** How soon a store that was held back may have more, unless somebody else wakes us first. */
const HELD_MS = 20;
/** How soon to look whether the workers have made room: less and less often while they make none. */
const VAIN_MS = 10;
const LONGEST_VAIN_MS = 320;

/**
 * Publishes the outbox for as long as it holds the lease; without it, waits to take over. One relay at a time publishes,
 * because two would overtake each other within an aggregate.
 */
export function startRelayLoop({ ctx, redis, holder, wake, metrics }: Options): RelayLoop {
  const publisher = createPublisher({ ctx, redis, metrics });
  const isRenewalDue = every(RENEW_EVERY_MS);
  let lease: Lease | undefined;
  let vainRounds = 0;

  const loop = startLoop({
    log: ctx.log,
    async round(stop) {
      lease ??= await takeLease(ctx.db, CONSTRUCTION_STREAM, holder);
      metrics.active(lease !== undefined);
      if (lease && isRenewalDue()) await renewLease(ctx.db, lease);
      const next = lease ? await publisher.round(lease) : 'idle';
      if (next === 'idle') await wake.wait(POLL_MS, stop);
      if (next === 'held') await wake.wait(HELD_MS, stop);
      vainRounds = next === 'full' || next === 'blocked' ? vainRounds + 1 : 0;
      const vainMs = Math.min(VAIN_MS * 2 ** (vainRounds - 1), LONGEST_VAIN_MS);
      // A commit makes no room in a full window, but it may be of a store that nothing holds back.
      if (next === 'full') await pause(vainMs, stop);
      if (next === 'blocked') await wake.wait(vainMs, stop);
    },
    onFailure(error) {
      metrics.failed();
      if (error instanceof LeaseLost) lease = undefined;
    },
  });

  return {
    state: () => ({ ...loop.state(), role: lease ? 'active' : 'standby', warnings: publisher.warnings() }),
    async stop() {
      await loop.stop();
      if (lease) await releaseLease(ctx.db, lease);
    },
  };
}
