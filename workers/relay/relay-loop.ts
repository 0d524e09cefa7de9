import {
  CONSTRUCTION_STREAM,
  identityMarkKey,
  keepBooks,
  LeaseLost,
  PUBLISH_BATCH,
  publishNext,
  rebuildStream,
  releaseLease,
  renewLease,
  takeLease,
  trimStream,
  type Lease,
} from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';
import type { Running } from '#platform/process.ts';
import { readIdentity, type RedisConnection } from '#platform/redis/index.ts';
import { startLoop, type LoopState } from '../loop.ts';
import type { WakeSignal } from '../wake-signal.ts';
import type { RelayMetrics } from './relay-metrics.ts';

type Options = {
  ctx: Context;
  redis: RedisConnection;
  /** Names this process in the lease; one process at a time may have it. */
  holder: string;
  wake: WakeSignal;
  metrics: RelayMetrics;
};

type RelayLoop = Running & { state: () => LoopState & { role: 'active' | 'standby' } };

/** Units: ms. The poll is what finds an event whose wake-up was lost, and what renews the lease. */
const POLL_MS = 1000;
const KEEP_HOUSE_MS = 5000;

/**
 * Publishes the outbox for as long as it holds the lease; without it, waits to take over. One relay at a time publishes,
 * because two would overtake each other within an aggregate.
 */
export function startRelayLoop(options: Options): RelayLoop {
  const { ctx, redis, holder, wake, metrics } = options;
  const stream = CONSTRUCTION_STREAM;
  let lease: Lease | undefined;
  let houseKeptAt = -Infinity;

  /** True when there is more to publish right now. */
  const publishRound = async (): Promise<boolean> => {
    lease ??= await takeLease(ctx.db, stream, holder);
    metrics.active(lease !== undefined);
    if (!lease) return false;
    const builtIn = await renewLease(ctx.db, lease);
    const isHouseDue = performance.now() - houseKeptAt >= KEEP_HOUSE_MS;
    if (isHouseDue) await keepBooks(ctx, stream);
    // Asked before each batch, because Redis may have lost its data since the last one and would not say so.
    if (builtIn !== (await readIdentity(redis, identityMarkKey(stream)))) await rebuild(options, lease, builtIn);
    const published = await publishNext(ctx, redis, lease);
    metrics.published(published);
    if (isHouseDue) {
      await trimStream(ctx, redis, stream);
      houseKeptAt = performance.now();
    }
    return published.length === PUBLISH_BATCH;
  };

  const loop = startLoop({
    log: ctx.log,
    async round(stop) {
      const isMoreWaiting = await publishRound();
      if (!isMoreWaiting) await wake.wait(POLL_MS, stop);
    },
    onFailure(error) {
      metrics.failed();
      if (error instanceof LeaseLost) lease = undefined;
    },
  });

  return {
    state: () => ({ ...loop.state(), role: lease ? 'active' : 'standby' }),
    async stop() {
      await loop.stop();
      if (lease) await releaseLease(ctx.db, lease);
    },
  };
}

async function rebuild({ ctx, redis, metrics }: Options, lease: Lease, builtIn: string | undefined): Promise<void> {
  const { stream } = lease;
  const restored = await rebuildStream(ctx, redis, lease);
  metrics.rebuilt();
  // Every restart of Redis comes here, since it may have lost its last second; only what was missing is worth a warning.
  if (restored > 0) ctx.log.warn({ stream, restored }, 'Redis had lost events: put back from the outbox');
  else if (builtIn === undefined) ctx.log.debug({ stream }, 'the stream was made');
  else ctx.log.info({ stream }, 'Redis restarted, or is another one; no event is missing');
}
