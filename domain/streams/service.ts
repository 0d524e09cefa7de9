import { CONSTRUCTION_STREAM, ENGINES_GROUP, listPauses, listReplays } from '#domain/events/index.ts';
import type { Context } from '#platform/context.ts';
import type { RedisConnection } from '#platform/redis/index.ts';
import { crossCheck, type CrossCheck } from './cross-check.ts';
import { percentilesBetween, sumDelays } from './delays.ts';
import { flowWindow } from './flow.ts';
import { getHealth, type Health } from './health-listings.ts';
import { describeEngines, judgeRelayStage, judgeShard, type Evidence } from './judging.ts';
import {
  findIdentity,
  listDeadLetterGroups,
  listFirstDelays,
  listHeartbeats,
  listParked,
  listWindow,
  type ParkedRow,
} from './listings.ts';
import { drainRange, ratesOf } from './rates.ts';
import { listReadings, RELAY_STAGE, type Reading } from './readings.ts';
import { worstOf } from './status.ts';
import type { FlowJudgement } from './status-types.ts';
import type { MemoryReport, StreamReport, WaitingReport } from './types.ts';
import { listWaiting } from './waiting-listings.ts';

const MINUTE_MS = 60_000;

/**
 * How the events flow: counted from what PostgreSQL committed, so that a Redis which lost data or does not answer cannot
 * falsify it. Redis only adds a cross-check, stale while it is away and none for who has no Redis. Throws what PostgreSQL
 * fails with.
 */
export async function readStreams(ctx: Context, redis: RedisConnection | undefined): Promise<StreamReport[]> {
  const [stream, group] = [CONSTRUCTION_STREAM, ENGINES_GROUP];
  const readings = await listReadings(ctx.db, stream);
  const stages = readings.filter((reading) => reading.group === group);
  const asked = { stream, group, shards: stages.map(({ shard }) => shard) };
  const [facts, check] = await Promise.all([readFacts(ctx, stream, group), crossCheck(redis, asked, ctx.clock.now())]);
  const isLost = check.identity !== undefined && facts.identity !== undefined && check.identity !== facts.identity;
  const evidence: Evidence = { ...facts, isLost };
  const relayStage = readings.find((reading) => reading.group === RELAY_STAGE)!;
  const relay = judgeRelayStage(relayStage, evidence);
  const shards = stages.map((stage) => judgeShard(stage, evidence));
  const engines = describeEngines(gravestOf(shards), facts.beats);
  const { status, reason } = gravestOf([relay, engines]);
  return [
    {
      stream,
      group,
      ...countsOf(relayStage, stages),
      ...flowOf(relayStage, stages, facts),
      status,
      reason,
      parked: parkedByReason(facts.parked),
      deadLetters: facts.deadLetters.reduce((sum, { count }) => sum + count, 0),
      deadLetterReasons: facts.deadLetters,
      relay,
      engines,
      shards,
      redis: { ...check.report, memory: memoryOf(check, facts.health) },
      database: { deadTuples: facts.health.deadTuples, oldestTransaction: facts.health.oldestTransaction },
    },
  ];
}

/** Who and what waits most and longest of all streams; see listWaiting for what it costs. */
export async function readWaiting(ctx: Context, backlog: number): Promise<WaitingReport> {
  return { asOf: ctx.clock.now(), ...(await listWaiting(ctx.db, backlog)) };
}

type Facts = Awaited<ReturnType<typeof readFacts>>;

async function readFacts({ db }: Context, stream: string, group: string) {
  const [samples, firstDelays, beats, parked, identity, deadLetters, health, pauses, [newest]] = await Promise.all([
    listWindow(db, stream),
    listFirstDelays(db, stream),
    listHeartbeats(db, ['relay', 'engines']),
    listParked(db),
    findIdentity(db, stream),
    listDeadLetterGroups(db, group),
    getHealth(db, stream),
    listPauses(db, { stream, group }),
    listReplays(db, { stream, group }, 1),
  ]);
  // Only the newest can run.
  const replay =
    newest?.state === 'running' ? { done: newest.applied + newest.failed, total: newest.total } : undefined;
  return { samples, firstDelays, beats, parked, identity, deadLetters, health, pauses, replay };
}

type Counts = Pick<
  StreamReport,
  'asOf' | 'published' | 'processed' | 'unpublished' | 'backlog' | 'oldestUnprocessedAt' | 'oldestUnprocessedAgeMs'
>;

/** An event may be processed before its mark of publication commits; the sum over both stages is exact all the same. */
function countsOf(relay: Reading, stages: readonly Reading[]): Counts {
  const processed = stages.reduce((sum, stage) => sum + stage.processed, 0);
  const oldestAt = relay.oldestOfAllAt;
  return {
    asOf: relay.at,
    published: relay.processed,
    processed,
    unpublished: relay.backlog + relay.parked,
    backlog: relay.published - processed,
    oldestUnprocessedAt: oldestAt,
    oldestUnprocessedAgeMs: oldestAt && Math.max(0, relay.at.getTime() - oldestAt.getTime()),
  };
}

function flowOf(
  relay: Reading,
  stages: readonly Reading[],
  { samples, firstDelays }: Facts,
): Pick<StreamReport, 'rates' | 'drain' | 'delays'> {
  const window = flowWindow(relay, stages, samples);
  const first = (reading: Reading) =>
    firstDelays.find(({ group, shard }) => group === reading.group && shard === reading.shard);
  const delaysOf = (readings: readonly Reading[]) => {
    const known = readings.filter(first);
    const before = sumDelays(known.map((reading) => first(reading)!.delays));
    return percentilesBetween(before, sumDelays(known.map(({ delays }) => delays)));
  };
  return {
    rates: { oneMinute: ratesOf(window, MINUTE_MS), fiveMinutes: ratesOf(window, 5 * MINUTE_MS) },
    drain: drainRange(window.at(-1)!.backlog, window),
    delays: { publish: delaysOf([relay]), effect: delaysOf(stages) },
  };
}

/** The one whose status speaks for all of them; where there is none, nothing is known. */
function gravestOf(parts: readonly FlowJudgement[]): FlowJudgement {
  const worst = worstOf(...parts.map(({ status }) => status));
  return parts.find(({ status }) => status === worst) ?? { status: worst, reason: 'no_samples' };
}

function parkedByReason(rows: readonly ParkedRow[]): StreamReport['parked'] {
  return [...Map.groupBy(rows, ({ reason }) => reason)].map(([reason, ofReason]) => ({
    reason,
    events: ofReason.reduce((sum, { events }) => sum + events, 0),
    keys: ofReason.reduce((sum, { keys }) => sum + keys, 0),
  }));
}

/** Redis' own word, else the last that the relay noted of it. */
function memoryOf({ memory }: CrossCheck, health: Health): MemoryReport | undefined {
  const noted = health.lastMemory && { ...health.lastMemory, asOf: health.lastMemory.at };
  const known = memory ?? noted;
  if (!known) return undefined;
  const { usedBytes, maxBytes, asOf } = known;
  return { usedBytes, maxBytes, asOf, hoursToFull: hoursToFull(known, health.redisGrowthPerHour) };
}

function hoursToFull(
  { usedBytes, maxBytes }: { usedBytes: number; maxBytes: number },
  growthPerHour: number | undefined,
): number | undefined {
  if (maxBytes === 0) return Infinity;
  if (growthPerHour === undefined) return undefined;
  return growthPerHour > 0 ? Math.max(0, maxBytes - usedBytes) / growthPerHour : Infinity;
}
