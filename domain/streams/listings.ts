import type { Db } from '#platform/db/index.ts';
import type { Sample } from './window.ts';

/** How far back the status and the rates look: five minutes, and a bit so that five whole ones are in it. */
const WINDOW = `interval '310 seconds'`;

export type StageSample = Sample & { group: string; shard: number };

/** The latest readings of every stage, the oldest first. */
export async function listWindow(db: Db, stream: string): Promise<StageSample[]> {
  const { rows } = await db.raw<{ rows: SampleRow[] }>(
    `select consumer_group, shard, sampled_at, published, processed, backlog, oldest_age_ms
       from platform.stream_samples
      where stream = ? and span_seconds = 5 and sampled_at > now() - ${WINDOW} order by sampled_at`,
    [stream],
  );
  return rows.map((row) => ({
    group: row.consumer_group,
    shard: row.shard,
    at: row.sampled_at,
    published: Number(row.published),
    processed: Number(row.processed),
    backlog: Number(row.backlog),
    oldestAgeMs: row.oldest_age_ms === null ? undefined : Number(row.oldest_age_ms),
  }));
}

/** The counts of delays at the beginning of that window, stage by stage. */
export async function listFirstDelays(
  db: Db,
  stream: string,
): Promise<{ group: string; shard: number; delays: number[] }[]> {
  const { rows } = await db.raw<{ rows: { consumer_group: string; shard: number; delays: string[] }[] }>(
    `select distinct on (consumer_group, shard) consumer_group, shard, delays from platform.stream_samples
      where stream = ? and span_seconds = 5 and sampled_at > now() - ${WINDOW}
      order by consumer_group, shard, sampled_at`,
    [stream],
  );
  return rows.map((row) => ({ group: row.consumer_group, shard: row.shard, delays: row.delays.map(Number) }));
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
  warnings: string[];
  shards: number[];
};

/** Instances of these processes that were heard of within a day, the newest beat first. */
export async function listHeartbeats(db: Db, processes: readonly string[]): Promise<HeartbeatRow[]> {
  const { rows } = await db.raw<{ rows: BeatRow[] }>(
    `select process, instance, started_at, beat_at, extract(epoch from clock_timestamp() - beat_at) * 1000 as age_ms,
            detail ->> 'role' as role, detail ->> 'state' as state, detail ->> 'error' as error,
            detail -> 'warnings' as warnings, detail -> 'shards' as shards
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
    warnings: row.warnings ?? [],
    shards: row.shards ?? [],
  }));
}

/** Parked events of a shard; `keys` counts the aggregates, up to 10,000 events. */
export type ParkedRow = { shard: number; reason: string; events: number; keys: number };

/** An event whose predecessor waits too is not the first of its aggregate, so only those behind something else count. */
export async function listParked(db: Db): Promise<ParkedRow[]> {
  const { rows } = await db.raw<{ rows: { shard: number; parked_reason: string; events: string; keys: string }[] }>(
    `with looked_at as materialized (
       select p.shard, p.parked_reason, p.tenant_id, p.waits_for from events.pending p
        where p.parked_reason is not null limit 10000),
     firsts as (
       select s.shard, s.parked_reason, count(*) as keys from looked_at s
        where not exists (select from events.pending w where w.tenant_id = s.tenant_id and w.event_id = s.waits_for)
        group by 1, 2)
     select p.shard, p.parked_reason, count(*) as events, coalesce(max(f.keys), 0) as keys
       from events.pending p left join firsts f on f.shard = p.shard and f.parked_reason = p.parked_reason
      where p.parked_reason is not null group by 1, 2 order by 1, 2`,
  );
  return rows.map((row) => ({
    shard: row.shard,
    reason: row.parked_reason,
    events: Number(row.events),
    keys: Number(row.keys),
  }));
}

/** Which life of which Redis the stream was last built in; undefined before the first. */
export async function findIdentity(db: Db, stream: string): Promise<string | undefined> {
  const { rows } = await db.raw<{ rows: { redis_identity: string | null }[] }>(
    `select redis_identity from events.streams where name = ?`,
    [stream],
  );
  return rows[0]?.redis_identity ?? undefined;
}

export type DeadLetterGroup = { reason: string; count: number; newestAt: Date };

/** The one place that counts dead letters: those that are not resolved. */
export async function listDeadLetterGroups(db: Db, group: string): Promise<DeadLetterGroup[]> {
  const { rows } = await db.raw<{ rows: { reason: string; count: string; newest_at: Date }[] }>(
    `select reason, count(*) as count, max(died_at) as newest_at from events.dead_letters
      where consumer_group = ? and state in ('dead', 'replaying') group by reason order by 2 desc, 1`,
    [group],
  );
  return rows.map((row) => ({ reason: row.reason, count: Number(row.count), newestAt: row.newest_at }));
}

type SampleRow = {
  consumer_group: string;
  shard: number;
  sampled_at: Date;
  published: string;
  processed: string;
  backlog: string;
  oldest_age_ms: string | null;
};

type BeatRow = {
  process: string;
  instance: string;
  started_at: Date;
  beat_at: Date;
  age_ms: string;
  role: string | null;
  state: string | null;
  error: string | null;
  warnings: string[] | null;
  shards: number[] | null;
};
