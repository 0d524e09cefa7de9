import {
  createOutboxReader,
  ensureShards,
  getStreamState,
  identityMarkKey,
  publishNext,
  rebuildStream,
  trimStream,
  WINDOW_PER_SHARD,
  type Lease,
  type StreamState,
} from '#domain/events/index.ts';
import { condenseSamples, markStream, takeSamples } from '#domain/streams/index.ts';
import type { Context } from '#platform/context.ts';
import { readServer, type RedisConnection, type ServerFacts } from '#platform/redis/index.ts';
import { every, sparingly } from '../every.ts';
import { createRedisWatch } from './redis-watch.ts';
import type { RelayMetrics } from './relay-metrics.ts';
import { createRestrictions } from './restrictions.ts';

type Options = { ctx: Context; redis: RedisConnection; metrics: RelayMetrics };

/**
 * What to do after a round: go on at once; look again soon, and less and less often while there is no room; sleep until an
 * event is committed; or that and in any case not for long, because something may wait that nobody will wake us for: what a
 * limit or a share of the window holds back. Less and less often when that was all there was.
 */
type Next = 'more' | 'full' | 'idle' | 'held' | 'blocked';

type Publisher = {
  /** Publishes a batch under this lease, with all that must be seen to before. Throws LeaseLost. */
  round(lease: Lease): Promise<Next>;
  /** What an operator should know of Redis. */
  warnings(): readonly string[];
};

/** Units: ms. */
const KEEP_HOUSE_MS = 5000;
const CONDENSE_MS = 60_000;

/** Publishes what waits in the outbox, into a stream that it has made sure is whole and has room. */
export function createPublisher(options: Options): Publisher {
  const { ctx, redis, metrics } = options;
  const watch = createRedisWatch(ctx.log);
  const keepBooks = bookKeeper(ctx);
  const bookkeeping = sparingly(KEEP_HOUSE_MS);
  const trimming = sparingly(KEEP_HOUSE_MS);
  let lastServer: ServerFacts | undefined;
  const restrictions = createRestrictions(ctx);
  const outbox = createOutboxReader(ctx.db);
  let shards = 0;

  const publish = async (lease: Lease, { shardCount, inFlight }: StreamState, server: ServerFacts): Promise<Next> => {
    if (watch.isFull(server)) return 'idle';
    const room = WINDOW_PER_SHARD * shardCount - inFlight.reduce((sum, count) => sum + count, 0);
    if (room <= 0) return 'full';
    const round = { shardCount, room, ...restrictions.now(inFlight, shardCount) };
    const { published, marked, remainder } = await publishNext({ ctx, redis, lease, outbox }, round);
    metrics.published(published);
    restrictions.note(published, shardCount);
    // What a worker has in its hands could not be marked: at once it would be published again and again.
    if (remainder === 'something') return marked > 0 ? 'more' : 'full';
    if (remainder === 'nothing' && !restrictions.isHolding(shardCount)) return 'idle';
    return published.length > 0 ? 'held' : 'blocked';
  };

  return {
    warnings: () => watch.warnings(),
    async round(lease) {
      const { stream } = lease;
      await bookkeeping(() => keepBooks(stream, lastServer));
      lastServer = undefined;
      await restrictions.refresh();
      const [state, server] = await look(options, lease);
      if (state.shardCount !== shards) await ensureShards(ctx.db, stream, state.shardCount);
      shards = state.shardCount;
      lastServer = server;
      if (state.identity !== server.identity) await rebuild(options, lease, state);
      await trimming(() => trimStream(ctx, redis, stream));
      return publish(lease, state, server);
    },
  };
}

/** Redis is asked before each batch, because it may have lost its data since the last one and would not say so. */
async function look({ ctx, redis }: Options, lease: Lease): Promise<[StreamState, ServerFacts]> {
  return Promise.all([getStreamState(ctx.db, lease), readServer(redis, identityMarkKey(lease.stream))]);
}

/** Notes how far everything is, and that this relay began, which is when it was deployed. */
function bookKeeper(ctx: Context): (stream: string, server: ServerFacts | undefined) => Promise<void> {
  const isCondensingDue = every(CONDENSE_MS);
  let isMarked = false;
  return async (stream, server) => {
    if (!isMarked) await markStream(ctx, stream, 'deploy', ctx.requestId);
    isMarked = true;
    const memory = server && { usedBytes: server.usedMemoryBytes, maxBytes: server.maxMemoryBytes };
    await takeSamples(ctx, stream, memory);
    if (isCondensingDue()) await condenseSamples(ctx, stream);
  };
}

async function rebuild({ ctx, redis, metrics }: Options, lease: Lease, { identity }: StreamState): Promise<void> {
  const { stream } = lease;
  const restored = await rebuildStream(ctx, redis, lease);
  metrics.rebuilt();
  // Every restart of Redis comes here, since it may have lost its last second; only what was missing is worth a warning.
  if (restored > 0) await markStream(ctx, stream, 'rebuild', String(restored));
  if (restored > 0) ctx.log.warn({ stream, restored }, 'Redis had lost events: put back from the outbox');
  else if (identity === undefined) ctx.log.debug({ stream }, 'the stream was made');
  else ctx.log.info({ stream }, 'Redis restarted, or is another one; no event is missing');
}
