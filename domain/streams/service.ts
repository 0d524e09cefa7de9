import { CONSTRUCTION_STREAM, ENGINES_GROUP } from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';
import type { RedisConnection } from '#platform/redis/index.ts';
import { crossCheck } from './cross-check.ts';
import { getGroupCounters, listHeartbeats, type GroupCounters, type HeartbeatRow } from './listings.ts';
import { DEAD_AFTER_MS, drainTimeMs, judgeProcess, worstOf, type Work } from './policy.ts';
import type { ProcessReport, StreamReport } from './types.ts';

/** Below this a rate would be noise. */
const SHORTEST_WINDOW_MS = 10_000;

/**
 * How the events flow: counted from what PostgreSQL committed, so that a Redis which lost data or does not answer cannot
 * falsify it. Redis only adds a cross-check, stale while it is away. Throws what PostgreSQL fails with.
 */
export async function readStreams(ctx: Context, redis: RedisConnection): Promise<StreamReport[]> {
  const [counters, beats, redisReport] = await Promise.all([
    getGroupCounters(ctx.db, CONSTRUCTION_STREAM, ENGINES_GROUP),
    listHeartbeats(ctx.db, ['relay', 'engines']),
    crossCheck(redis, ctx.clock.now()),
  ]);
  const { asOf, published, processed, unpublished, deadLetters } = counters;
  const relay = reportProcess('relay', beats, relayWork(counters));
  const engines = reportProcess('engines', beats, enginesWork(counters));
  const oldestUnprocessedAt = earliest(counters.oldestUnpublishedAt, counters.oldestUnsettledAt);
  // An event may be processed before its mark of publication commits; the sum over both stages is exact all the same.
  const backlog = unpublished + published - processed;
  const rates = ratesOf(counters);
  return [
    {
      stream: counters.stream,
      group: counters.group,
      asOf,
      status: worstOf(relay.status, engines.status),
      published,
      processed,
      unpublished,
      backlog,
      oldestUnprocessedAt,
      oldestUnprocessedAgeMs: ageMs(asOf, oldestUnprocessedAt),
      rates,
      drainMs: drainTimeMs(backlog, rates),
      deadLetters,
      relay,
      engines,
      redis: redisReport,
    },
  ];
}

function reportProcess(process: ProcessReport['process'], all: readonly HeartbeatRow[], work: Work): ProcessReport {
  const beats = all.filter((beat) => beat.process === process);
  const alive = beats.filter((beat) => beat.ageMs <= DEAD_AFTER_MS && beat.state !== 'stopped');
  const speaker = alive.find((beat) => beat.role === 'active') ?? alive[0] ?? beats[0];
  return {
    process,
    ...judgeProcess(speaker, work),
    instance: speaker?.instance,
    startedAt: speaker?.startedAt,
    beatAt: speaker?.beatAt,
    alive: alive.length,
  };
}

function relayWork({ asOf, oldestUnpublishedAt, lastPublishedAt }: GroupCounters): Work {
  return { oldestAgeMs: ageMs(asOf, oldestUnpublishedAt), lastDoneAgeMs: ageMs(asOf, lastPublishedAt) };
}

/** The engines answer for what is in the stream; what the relay has not published is not theirs. */
function enginesWork({ asOf, oldestUnsettledAt, lastProcessedAt }: GroupCounters): Work {
  return { oldestAgeMs: ageMs(asOf, oldestUnsettledAt), lastDoneAgeMs: ageMs(asOf, lastProcessedAt) };
}

function ratesOf({ asOf, published, processed, sample }: GroupCounters): StreamReport['rates'] {
  if (!sample) return undefined;
  const windowMs = asOf.getTime() - sample.at.getTime();
  if (windowMs < SHORTEST_WINDOW_MS) return undefined;
  const perSecond = (count: number) => Math.max(0, count / (windowMs / 1000));
  return { published: perSecond(published - sample.published), processed: perSecond(processed - sample.processed) };
}

function ageMs(asOf: Date, at: Date | undefined): number | undefined {
  return at && Math.max(0, asOf.getTime() - at.getTime());
}

function earliest(a: Date | undefined, b: Date | undefined): Date | undefined {
  if (!a || !b) return a ?? b;
  return a < b ? a : b;
}
