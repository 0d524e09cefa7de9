import type { z } from 'zod';
import type {
  History,
  Percentiles,
  ProcessReport,
  RedisReport,
  ShardReport,
  StreamReport,
  Waiting,
  WaitingReport,
} from '#domain/streams/index.ts';
import type { historySchema, processSchema, redisSchema, shardSchema, streamSchema, waitingSchema } from './schemas.ts';

/** A report as the API says it: snake case, seconds, null for what is not known. */
export function toStreamJson(report: StreamReport): z.input<typeof streamSchema> {
  const { drain, database } = report;
  const transaction = database.oldestTransaction;
  return {
    stream: report.stream,
    group: report.group,
    status: report.status,
    reason: report.reason,
    as_of: report.asOf.toISOString(),
    stale: report.redis.isStale,
    published: report.published,
    processed: report.processed,
    unpublished: report.unpublished,
    backlog: report.backlog,
    parked: report.parked,
    oldest_unprocessed_at: iso(report.oldestUnprocessedAt),
    oldest_unprocessed_age_seconds: seconds(report.oldestUnprocessedAgeMs),
    per_second: { one_minute: report.rates.oneMinute ?? null, five_minutes: report.rates.fiveMinutes ?? null },
    drain_seconds: drain
      ? { best: seconds(drain.best), likely: seconds(drain.likely), worst: seconds(drain.worst) }
      : null,
    delay_seconds: { publish: inSeconds(report.delays.publish), effect: inSeconds(report.delays.effect) },
    dead_letters: report.deadLetters,
    dead_letters_by_reason: report.deadLetterReasons.map(({ reason, count, newestAt }) => ({
      reason,
      count,
      newest_at: newestAt.toISOString(),
    })),
    relay: toProcessJson(report.relay),
    worker: toProcessJson(report.engines),
    shards: report.shards.map(toShardJson),
    redis: toRedisJson(report.redis),
    dead_tuples: database.deadTuples,
    oldest_transaction: transaction
      ? { at_least_seconds: transaction.ageMs / 1000, application: transaction.holder }
      : null,
  };
}

function toProcessJson(report: ProcessReport): z.input<typeof processSchema> {
  return {
    status: report.status,
    reason: report.reason,
    detail: detailOf(report),
    instance: report.instance ?? null,
    started_at: iso(report.startedAt),
    heartbeat_at: iso(report.beatAt),
    alive: report.alive,
    warnings: report.warnings,
  };
}

function toShardJson(report: ShardReport): z.input<typeof shardSchema> {
  return {
    shard: report.shard,
    status: report.status,
    reason: report.reason,
    detail: detailOf(report),
    owner: report.owner ?? null,
    in_flight: report.inFlight,
    parked: report.parked,
    oldest_age_seconds: seconds(report.oldestAgeMs),
  };
}

function toRedisJson({ status, detail, isStale, asOf, facts, memory }: RedisReport): z.input<typeof redisSchema> {
  return {
    status,
    detail: detail ?? null,
    stale: isStale,
    as_of: iso(asOf),
    length: facts?.length ?? null,
    pending: facts?.pending ?? null,
    lag: facts?.lag ?? null,
    consumers:
      facts?.consumers.map((consumer) => ({
        shard: consumer.shard,
        name: consumer.name,
        pending: consumer.pending,
        idle_seconds: consumer.idleMs / 1000,
        deliveries: consumer.deliveries ?? null,
        oldest_pending_seconds: seconds(consumer.oldestPendingMs),
      })) ?? null,
    memory_used_bytes: memory?.usedBytes ?? null,
    memory_max_bytes: memory?.maxBytes ?? null,
    memory_as_of: iso(memory?.asOf),
    hours_to_full: finite(memory?.hoursToFull),
  };
}

export function toWaitingJson({ asOf, tenants, types }: WaitingReport): z.input<typeof waitingSchema> {
  const rows = (list: Waiting['byAge']) =>
    list.map(({ oldestAt, ...row }) => ({ ...row, oldest_at: oldestAt.toISOString() }));
  const toJson = ({ byBacklog, byAge, isEstimate }: Waiting) => ({
    by_backlog: rows(byBacklog),
    by_age: rows(byAge),
    estimated: isEstimate,
  });
  return { as_of: asOf.toISOString(), tenants: toJson(tenants), types: toJson(types) };
}

export function toHistoryJson({ range, stepSeconds, points, marks }: History): z.input<typeof historySchema> {
  return {
    range,
    step_seconds: stepSeconds,
    points: points.map((point) => ({
      at: point.at.toISOString(),
      in_per_second: point.in ?? null,
      out_per_second: point.out ?? null,
      backlog: point.backlog,
      oldest_age_seconds: point.oldestAgeMs / 1000,
      effect_p95_seconds: seconds(point.effectP95Ms),
    })),
    marks: marks.map(({ at, ...mark }) => ({ at: at.toISOString(), ...mark })),
  };
}

function detailOf({ detail }: Pick<ShardReport, 'detail'>): string | null {
  if (!detail) return null;
  if ('error' in detail) return detail.error;
  return Object.entries(detail)
    .map(([key, value]) => `${key}: ${value instanceof Date ? value.toISOString() : String(value)}`)
    .join(', ');
}

function inSeconds(delays: Percentiles | undefined) {
  return delays ? { p50: delays.p50 / 1000, p95: delays.p95 / 1000, p99: delays.p99 / 1000 } : null;
}

function iso(at: Date | undefined): string | null {
  return at?.toISOString() ?? null;
}

function seconds(ms: number | undefined): number | null {
  return finite(ms === undefined ? undefined : ms / 1000);
}

/** JSON has no infinity. */
function finite(value: number | undefined): number | null {
  return value === undefined || value === Infinity ? null : value;
}
