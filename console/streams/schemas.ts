import { z } from 'zod';
import { HISTORY_RANGES, STREAM_STATUSES } from '#domain/streams/index.ts';
import { moment } from '#console/api/paging.ts';

const status = z.enum(STREAM_STATUSES);
const reason = z.string().meta({ description: 'Why the status is what it is.', example: 'no_progress' });
const detail = z.string().nullable().meta({ description: 'What is known beyond the reason, such as an error.' });

export const processSchema = z.object({
  status,
  reason,
  detail,
  instance: z.string().nullable(),
  started_at: moment.nullable(),
  heartbeat_at: moment.nullable(),
  alive: z.int().meta({ description: 'Instances heard of within 15 s.' }),
  warnings: z.array(z.string()),
});

export const shardSchema = z.object({
  shard: z.int(),
  status,
  reason,
  detail,
  owner: z.string().nullable(),
  in_flight: z.int(),
  parked: z.int(),
  oldest_age_seconds: z.number().nullable(),
});

const consumer = z.object({
  shard: z.int(),
  name: z.string(),
  pending: z.int(),
  idle_seconds: z.number(),
  deliveries: z
    .int()
    .nullable()
    .meta({ description: 'Of its entry that was given out most often; null when unknown.' }),
  oldest_pending_seconds: z.number().nullable(),
});

export const redisSchema = z.object({
  status: z.enum(['OK', 'UNKNOWN']),
  detail: z.string().nullable(),
  stale: z
    .boolean()
    .meta({ description: 'True when Redis does not answer; the figures are then the last known ones.' }),
  as_of: moment.nullable(),
  length: z.int().nullable(),
  pending: z.int().nullable(),
  lag: z.int().nullable().meta({ description: 'As Redis reports it; null where Redis itself cannot know.' }),
  consumers: z.array(consumer).nullable(),
  memory_used_bytes: z.int().nullable(),
  memory_max_bytes: z.int().nullable().meta({ description: '0 without a limit.' }),
  memory_as_of: moment.nullable(),
  hours_to_full: z.number().nullable().meta({ description: 'Null when unknown, or when it does not grow.' }),
});

const rates = z.object({ in: z.number(), out: z.number() }).nullable();
const percentiles = z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable();

export const streamSchema = z
  .object({
    stream: z.string().meta({ example: 'events:construction' }),
    group: z.string().meta({ example: 'engines' }),
    status,
    reason,
    as_of: moment,
    stale: z.boolean().meta({ description: 'True while a part of this report could not be read anew.' }),
    published: z.int(),
    processed: z.int(),
    unpublished: z.int(),
    backlog: z.int().meta({ description: 'Committed events that the group has yet to process.' }),
    parked: z.array(z.object({ reason: z.string(), events: z.int(), keys: z.int() })),
    oldest_unprocessed_at: moment.nullable(),
    oldest_unprocessed_age_seconds: z.number().nullable(),
    per_second: z.object({ one_minute: rates, five_minutes: rates }),
    drain_seconds: z
      .object({ best: z.number().nullable(), likely: z.number().nullable(), worst: z.number().nullable() })
      .nullable()
      .meta({ description: 'Null when unknown; a part is null when the backlog would never drain.' }),
    delay_seconds: z
      .object({ publish: percentiles, effect: percentiles })
      .meta({ description: 'From the commit, over the last five minutes; null when nothing was done.' }),
    dead_letters: z.int(),
    dead_letters_by_reason: z.array(z.object({ reason: z.string(), count: z.int(), newest_at: moment })),
    relay: processSchema,
    worker: processSchema,
    shards: z.array(shardSchema),
    redis: redisSchema,
    dead_tuples: z.int(),
    oldest_transaction: z.object({ at_least_seconds: z.number(), application: z.string() }).nullable(),
  })
  .meta({ id: 'Stream' });

export const streamsSchema = z.object({ items: z.array(streamSchema) });

const waits = z.object({ key: z.string(), label: z.string(), count: z.int(), oldest_at: moment });
const waiting = z.object({
  by_backlog: z.array(waits),
  by_age: z.array(waits),
  estimated: z.boolean().meta({ description: 'True when counts are extrapolated from a sample of a large backlog.' }),
});
export const waitingSchema = z.object({ as_of: moment, tenants: waiting, types: waiting });

export const historyQuery = z.object({ range: z.enum(HISTORY_RANGES).default('1h') });
export const historySchema = z.object({
  range: z.enum(HISTORY_RANGES),
  step_seconds: z.int(),
  points: z.array(
    z.object({
      at: moment,
      in_per_second: z.number().nullable(),
      out_per_second: z.number().nullable(),
      backlog: z.int(),
      oldest_age_seconds: z.number(),
      effect_p95_seconds: z.number().nullable(),
    }),
  ),
  marks: z.array(z.object({ at: moment, kind: z.string(), by: z.string(), note: z.string() })),
});
