import { z } from 'zod';
import { STREAM_STATUSES, type ProcessReport, type RedisReport, type StreamReport } from '#domain/streams/index.ts';
import { moment } from '#console/api/paging.ts';

const status = z.enum(STREAM_STATUSES);

const process = z.object({
  status,
  reason: z.string(),
  detail: z.string().nullable(),
  instance: z.string().nullable(),
  started_at: moment.nullable(),
  heartbeat_at: moment.nullable(),
  alive: z.int().meta({ description: 'Instances heard of within 15 s.' }),
});

const crossCheck = z.object({
  status,
  detail: z.string().nullable(),
  stale: z
    .boolean()
    .meta({ description: 'True when Redis does not answer; the figures are then the last known ones.' }),
  as_of: moment.nullable(),
  length: z.int().nullable(),
  pending: z.int().nullable(),
  consumers: z.int().nullable(),
  lag: z.int().nullable().meta({ description: 'As Redis reports it; null where Redis itself cannot know.' }),
});

const streamSchema = z
  .object({
    stream: z.string().meta({ example: 'events:construction' }),
    group: z.string().meta({ example: 'engines' }),
    status,
    as_of: moment,
    stale: z.boolean().meta({ description: 'True while a part of this report could not be read anew.' }),
    published: z.int(),
    processed: z.int(),
    unpublished: z.int(),
    backlog: z.int().meta({ description: 'Committed events that the group has yet to process.' }),
    oldest_unprocessed_at: moment.nullable(),
    oldest_unprocessed_age_seconds: z.number().nullable(),
    published_per_second: z.number().nullable(),
    processed_per_second: z.number().nullable(),
    drain_seconds: z.number().nullable().meta({ description: 'Null when unknown or when the backlog grows.' }),
    dead_letters: z.int(),
    relay: process,
    worker: process,
    redis: crossCheck,
  })
  .meta({ id: 'Stream' });

export const streamsSchema = z.object({ items: z.array(streamSchema) });

/** A report as the API says it: snake case, seconds, null for what is not known. */
export function toStreamJson(report: StreamReport): z.input<typeof streamSchema> {
  return {
    stream: report.stream,
    group: report.group,
    status: report.status,
    as_of: report.asOf.toISOString(),
    stale: report.redis.isStale,
    published: report.published,
    processed: report.processed,
    unpublished: report.unpublished,
    backlog: report.backlog,
    oldest_unprocessed_at: iso(report.oldestUnprocessedAt),
    oldest_unprocessed_age_seconds: seconds(report.oldestUnprocessedAgeMs),
    published_per_second: report.rates?.published ?? null,
    processed_per_second: report.rates?.processed ?? null,
    drain_seconds: report.drainMs === Infinity ? null : seconds(report.drainMs),
    dead_letters: report.deadLetters,
    relay: toProcessJson(report.relay),
    worker: toProcessJson(report.engines),
    redis: toRedisJson(report.redis),
  };
}

function toProcessJson(report: ProcessReport): z.input<typeof process> {
  return {
    status: report.status,
    reason: report.reason,
    detail: report.detail ?? null,
    instance: report.instance ?? null,
    started_at: iso(report.startedAt),
    heartbeat_at: iso(report.beatAt),
    alive: report.alive,
  };
}

function toRedisJson({ status, detail, isStale, asOf, facts }: RedisReport): z.input<typeof crossCheck> {
  return {
    status,
    detail: detail ?? null,
    stale: isStale,
    as_of: iso(asOf),
    length: facts?.length ?? null,
    pending: facts?.pending ?? null,
    consumers: facts?.consumers ?? null,
    lag: facts?.lag ?? null,
  };
}

function iso(at: Date | undefined): string | null {
  return at?.toISOString() ?? null;
}

function seconds(ms: number | undefined): number | null {
  return ms === undefined ? null : ms / 1000;
}
