import { readStreams, STREAM_STATUSES, type StreamReport } from '#domain/streams/index.ts';
import type { Context } from '#platform/context.ts';
import type { Metrics } from '#platform/metrics/index.ts';
import type { RedisConnection } from '#platform/redis/index.ts';

/** A value under its labels; one that is not known is left out, never written as 0. */
type Series = [labels: Record<string, string>, value: number | undefined];
type Figure = { name: string; help: string; labels: readonly string[]; of: (report: StreamReport) => Series[] };

const one = (value: number | undefined): Series[] => [[{}, value]];
const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1000);

const COUNTS: Figure[] = [
  { name: 'published', help: 'Events published, ever', labels: [], of: (r) => one(r.published) },
  { name: 'processed', help: 'Events processed, ever', labels: [], of: (r) => one(r.processed) },
  { name: 'unpublished', help: 'Committed events not published yet', labels: [], of: (r) => one(r.unpublished) },
  { name: 'backlog', help: 'Committed events not processed yet', labels: [], of: (r) => one(r.backlog) },
  {
    name: 'oldest_unprocessed_seconds',
    help: 'Age of the oldest of them; absent when nothing waits',
    labels: [],
    of: (r) => one(seconds(r.oldestUnprocessedAgeMs)),
  },
  {
    name: 'parked',
    help: 'Parked events',
    labels: ['reason'],
    of: (r) => r.parked.map(({ reason, events }) => [{ reason }, events]),
  },
  {
    name: 'dead_letters',
    help: 'Events put aside',
    labels: ['reason'],
    of: (r) => r.deadLetterReasons.map(({ reason, count }) => [{ reason }, count]),
  },
];

const FLOW: Figure[] = [
  {
    name: 'events_per_second',
    help: 'What stores commit (in) and what takes effect (out)',
    labels: ['direction', 'window'],
    of: ({ rates }) => [
      [{ direction: 'in', window: '1m' }, rates.oneMinute?.in],
      [{ direction: 'out', window: '1m' }, rates.oneMinute?.out],
      [{ direction: 'in', window: '5m' }, rates.fiveMinutes?.in],
      [{ direction: 'out', window: '5m' }, rates.fiveMinutes?.out],
    ],
  },
  {
    name: 'drain_seconds',
    help: 'Time until nothing waits; +Inf when it grows',
    labels: ['bound'],
    of: ({ drain }) => Object.entries(drain ?? {}).map(([bound, ms]) => [{ bound }, ms / 1000]),
  },
  {
    name: 'delay_seconds',
    help: 'From the commit, over the last five minutes',
    labels: ['until', 'percentile'],
    of: ({ delays }) =>
      Object.entries(delays).flatMap(([until, known]) =>
        Object.entries(known ?? {}).map(([percentile, ms]): Series => [{ until, percentile }, ms / 1000]),
      ),
  },
];

const PARTS: Figure[] = [
  {
    name: 'status',
    help: '1 for what the status is',
    labels: ['part', 'status'],
    of: (report) =>
      [
        { part: 'stream', is: report.status },
        { part: 'relay', is: report.relay.status },
        { part: 'engines', is: report.engines.status },
      ]
        .concat(report.shards.map(({ shard, status }) => ({ part: `shard ${shard}`, is: status })))
        .flatMap(({ part, is }) => STREAM_STATUSES.map((status): Series => [{ part, status }, status === is ? 1 : 0])),
  },
  {
    name: 'in_flight',
    help: 'Events published and neither settled nor parked',
    labels: ['shard'],
    of: (r) => r.shards.map(({ shard, inFlight }) => [{ shard: String(shard) }, inFlight]),
  },
  {
    name: 'alive',
    help: 'Instances heard of within 15 s',
    labels: ['part'],
    of: (r) => [r.relay, r.engines].map(({ process, alive }) => [{ part: process }, alive]),
  },
  {
    name: 'warnings',
    help: 'Things that a process says somebody should change',
    labels: ['part'],
    of: (r) => [r.relay, r.engines].map(({ process, warnings }) => [{ part: process }, warnings.length]),
  },
];

const SURROUNDINGS: Figure[] = [
  { name: 'dead_tuples', help: 'Dead rows of events.pending', labels: [], of: (r) => one(r.database.deadTuples) },
  {
    name: 'oldest_transaction_seconds',
    help: 'For how long at least one has been open; absent when none has been for long',
    labels: [],
    of: (r) => one(seconds(r.database.oldestTransaction?.ageMs)),
  },
  { name: 'redis_stale', help: '1 while Redis does not answer', labels: [], of: (r) => one(r.redis.isStale ? 1 : 0) },
  { name: 'redis_used_bytes', help: 'Last known', labels: [], of: (r) => one(r.redis.memory?.usedBytes) },
  { name: 'redis_max_bytes', help: '0 without a limit', labels: [], of: (r) => one(r.redis.memory?.maxBytes) },
  {
    name: 'redis_hours_to_full',
    help: '+Inf when it does not grow',
    labels: [],
    of: (r) => one(r.redis.memory?.hoursToFull),
  },
  { name: 'redis_entries', help: 'Entries in Redis', labels: [], of: (r) => one(r.redis.facts?.length) },
  { name: 'redis_lag', help: 'For comparison only', labels: [], of: (r) => one(r.redis.facts?.lag ?? undefined) },
  {
    name: 'redis_pending',
    help: 'Given to a reader and not acknowledged',
    labels: ['consumer', 'shard'],
    of: (r) =>
      (r.redis.facts?.consumers ?? []).map(({ name, shard, pending }) => [
        { consumer: name, shard: String(shard) },
        pending,
      ]),
  },
];

/**
 * Adds the figures of the streams page to the console's metrics. Returns what `/metrics` is to answer: read anew each time, and
 * without these figures while they cannot be read. Not among them are stores, which would make a series each.
 */
export function addStreamMetrics(
  metrics: Metrics,
  ctx: Context,
  redis: RedisConnection,
  read = readStreams,
): () => Promise<string> {
  const readable = metrics.gauge('stream_readable', '1 when the figures of the streams could be read');
  const gauges = [...COUNTS, ...FLOW, ...PARTS, ...SURROUNDINGS].map(({ name, help, labels, of }) => ({
    gauge: metrics.gauge<string>(`stream_${name}`, help, ['stream', 'group', ...labels]),
    of,
  }));
  return async () => {
    for (const { gauge } of gauges) gauge.reset();
    const reports = await read(ctx, redis).catch((error: unknown) => {
      ctx.log.warn({ err: error }, 'the figures of the streams could not be read');
    });
    readable.set(reports ? 1 : 0);
    for (const report of reports ?? [])
      for (const { gauge, of } of gauges)
        for (const [labels, value] of of(report))
          if (value !== undefined) gauge.set({ stream: report.stream, group: report.group, ...labels }, value);
    return metrics.text();
  };
}
