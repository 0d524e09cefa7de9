import type { Db } from '#platform/db/index.ts';

/** The database's view of one group, all of it from one snapshot. Ages in ms. */
export type GroupCounters = {
  stream: string;
  group: string;
  asOf: Date;
  published: number;
  processed: number;
  unpublished: number;
  deadLetters: number;
  oldestUnpublishedAt: Date | undefined;
  oldestUnsettledAt: Date | undefined;
  lastPublishedAt: Date | undefined;
  lastProcessedAt: Date | undefined;
  sample: { at: Date; published: number; processed: number } | undefined;
};

/** Every figure is exact in its snapshot: what is settled has left events.pending in the transaction that counted it. */
const COUNTERS = `
  select g.stream, g.name as "group", clock_timestamp() as as_of,
         written.published + counts.unmarked as published, counts.processed, counts.last_processed_at,
         waiting.unpublished, waiting.oldest_unpublished_at, unsettled.oldest_at as oldest_unsettled_at,
         letters.dead_letters, written.last_published_at,
         sample.sampled_at, sample.published as sample_published, sample.processed as sample_processed
    from events.consumer_groups g
   cross join lateral (
     select coalesce(sum(s.published), 0) as published, max(s.last_published_at) as last_published_at
       from events.shards s where s.stream = g.stream) written
   cross join lateral (
     select coalesce(sum(c.settled), 0) as processed, coalesce(sum(c.settled_unmarked), 0) as unmarked,
            max(c.last_settled_at) as last_processed_at
       from events.consumer_shards c where c.stream = g.stream and c.consumer_group = g.name) counts
   cross join lateral (
     select count(*) as unpublished, min(p.created_at) as oldest_unpublished_at
       from events.pending p where p.published_at is null) waiting
   cross join lateral (
     select min(p.created_at) as oldest_at from events.pending p where p.published_at is not null) unsettled
   cross join lateral (
     select count(*) as dead_letters from events.dead_letters d
      where d.consumer_group = g.name and d.state in ('dead', 'replaying')) letters
    left join lateral (
     select p.sampled_at, p.published, p.processed from platform.stream_samples p
      where p.stream = g.stream and p.consumer_group = g.name and p.sampled_at > clock_timestamp() - interval '65 seconds'
      order by p.sampled_at limit 1) sample on true
   where g.stream = ? and g.name = ?`;

/** Throws when the stream and group are not registered, which only a wrong migration can bring about. */
export async function getGroupCounters(db: Db, stream: string, group: string): Promise<GroupCounters> {
  const { rows } = await db.raw<{ rows: CountersRow[] }>(COUNTERS, [stream, group]);
  if (!rows[0]) throw new Error(`${group} is not a consumer group of ${stream}`);
  return toCounters(rows[0]);
}

export type HeartbeatRow = {
  process: string;
  instance: string;
  startedAt: Date;
  beatAt: Date;
  ageMs: number;
  role: string | undefined;
  state: string | undefined;
  error: string | undefined;
};

/** Instances of these processes that were heard of within a day, the newest beat first. */
export async function listHeartbeats(db: Db, processes: readonly string[]): Promise<HeartbeatRow[]> {
  const { rows } = await db.raw<{ rows: BeatRow[] }>(
    `select process, instance, started_at, beat_at, extract(epoch from clock_timestamp() - beat_at) * 1000 as age_ms,
            detail ->> 'role' as role, detail ->> 'state' as state, detail ->> 'error' as error
       from platform.heartbeats where process = any(?) order by beat_at desc`,
    [[...processes]],
  );
  return rows.map((row) => ({
    process: row.process,
    instance: row.instance,
    startedAt: row.started_at,
    beatAt: row.beat_at,
    ageMs: Number(row.age_ms),
    role: row.role ?? undefined,
    state: row.state ?? undefined,
    error: row.error ?? undefined,
  }));
}

type BeatRow = {
  process: string;
  instance: string;
  started_at: Date;
  beat_at: Date;
  age_ms: string;
  role: string | null;
  state: string | null;
  error: string | null;
};

type CountersRow = {
  stream: string;
  group: string;
  as_of: Date;
  published: string;
  processed: string;
  unpublished: string;
  dead_letters: string;
  oldest_unpublished_at: Date | null;
  oldest_unsettled_at: Date | null;
  last_published_at: Date | null;
  last_processed_at: Date | null;
  sampled_at: Date | null;
  sample_published: string | null;
  sample_processed: string | null;
};

function toCounters(row: CountersRow): GroupCounters {
  return {
    stream: row.stream,
    group: row.group,
    asOf: row.as_of,
    published: Number(row.published),
    processed: Number(row.processed),
    unpublished: Number(row.unpublished),
    deadLetters: Number(row.dead_letters),
    oldestUnpublishedAt: row.oldest_unpublished_at ?? undefined,
    oldestUnsettledAt: row.oldest_unsettled_at ?? undefined,
    lastPublishedAt: row.last_published_at ?? undefined,
    lastProcessedAt: row.last_processed_at ?? undefined,
    sample:
      row.sampled_at === null
        ? undefined
        : { at: row.sampled_at, published: Number(row.sample_published), processed: Number(row.sample_processed) },
  };
}
