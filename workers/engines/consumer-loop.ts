import { CONSTRUCTION_STREAM, ENGINES_GROUP } from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';
import {
  acknowledge,
  readGroup,
  reclaimEntries,
  type RedisConnection,
  type StreamEntry,
} from '#platform/redis/index.ts';
import { startLoop, type Loop } from '../loop.ts';
import { settleAgain, settleFresh, type Settler } from './settle-entries.ts';

type Options = {
  ctx: Context;
  /** Waits in XREADGROUP, so nothing else can use it. */
  reader: RedisConnection;
  redis: RedisConnection;
  /** Stable over restarts: what a killed worker left unacknowledged belongs to the one that takes its name. */
  consumer: string;
  settler: Settler;
};

/** Enough to make a transaction worth its commit, few enough to bound memory and what a crash delivers again. */
const BATCH = 100;
/** Units: ms. */
const BLOCK_MS = 1000;
const RETRY_EVERY_MS = 1000;
/** Above the time a batch may take (statements are limited to 15 s), so that only the dead are taken over from. */
const TAKE_OVER_IDLE_MS = 60_000;
const TAKE_OVER_EVERY_MS = 15_000;

/**
 * Reads the stream as one consumer of the group: settle in the database, then acknowledge, so that a crash in between
 * only means a second delivery. Beside new entries it tries its own failed ones again, and takes over those of a
 * consumer that is gone.
 */
export function startConsumerLoop({ ctx, reader, redis, consumer, settler }: Options): Loop {
  const place = { stream: CONSTRUCTION_STREAM, group: ENGINES_GROUP, consumer };
  const isRetryDue = every(RETRY_EVERY_MS);
  const isTakeOverDue = every(TAKE_OVER_EVERY_MS);
  /** What is pending for us at the start is what a killed predecessor left: no need to let it rest first. */
  let ownIdleMs = 0;

  const settle = async (entries: StreamEntry[], how: typeof settleFresh) => {
    if (entries.length === 0) return;
    await acknowledge(redis, place.stream, place.group, await how(settler, entries));
  };

  const settleLeftovers = async () => {
    const own = await reclaimEntries(redis, { ...place, idleMs: ownIdleMs, count: BATCH }, { ownOnly: true });
    await settle(own, settleAgain);
    ownIdleMs = RETRY_EVERY_MS;
    if (!isTakeOverDue()) return;
    const orphaned = { ...place, idleMs: TAKE_OVER_IDLE_MS, count: BATCH };
    await settle(await reclaimEntries(redis, orphaned, { ownOnly: false }), settleAgain);
  };

  const loop = startLoop({
    log: ctx.log,
    async round() {
      if (isRetryDue()) await settleLeftovers();
      const entries = await readGroup(reader, { ...place, count: BATCH, blockMs: BLOCK_MS });
      await settle(entries, settleFresh);
    },
  });
  return loop;
}

/** True at the first call and then once in `ms`. */
function every(ms: number): () => boolean {
  let last = -Infinity;
  return () => {
    if (performance.now() - last < ms) return false;
    last = performance.now();
    return true;
  };
}
