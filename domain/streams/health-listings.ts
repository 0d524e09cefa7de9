import type { Db } from '#platform/db/index.ts';
import { DEAD_TUPLES, OLDEST_TRANSACTION } from './sampling-queries.ts';

/** What the pipeline runs on, from PostgreSQL. */
export type Health = {
  deadTuples: number;
  /** Open for at least `ageMs`: since the first reading that saw it, so younger ones than two readings are not told. */
  oldestTransaction: { ageMs: number; holder: string } | undefined;
  /** Bytes per hour by which Redis grew over the last hour; undefined when less than five minutes were seen. */
  redisGrowthPerHour: number | undefined;
  /** The last that Redis was seen to use, for when it does not answer. */
  lastMemory: { usedBytes: number; maxBytes: number; at: Date } | undefined;
};

export async function getHealth(db: Db, stream: string): Promise<Health> {
  const { rows } = await db.raw<{ rows: HealthRow[] }>(
    `with oldest as materialized (${OLDEST_TRANSACTION}),
     recent as (
       select extract(epoch from sampled_at) as at, redis_used_bytes as used from platform.stream_health
        where stream = :stream and span_seconds = 5 and sampled_at > now() - interval '1 hour' and redis_used_bytes is not null)
     select ${DEAD_TUPLES} as dead_tuples, o.holder,
            (select extract(epoch from clock_timestamp() - min(h.sampled_at)) * 1000 from platform.stream_health h
              where h.stream = :stream and h.oldest_xmin = o.xmin) as open_ms,
            (select regr_slope(r.used, r.at) * 3600 from recent r having max(r.at) - min(r.at) >= 300) as growth,
            m.redis_used_bytes as used, m.redis_max_bytes as max, m.sampled_at as seen_at
       from (select) one left join oldest o on true
       left join (
         select redis_used_bytes, redis_max_bytes, sampled_at from platform.stream_health
          where stream = :stream and span_seconds = 5 and redis_used_bytes is not null order by sampled_at desc limit 1) m on true`,
    { stream },
  );
  const row = rows[0]!;
  return {
    deadTuples: Number(row.dead_tuples),
    oldestTransaction: row.open_ms === null ? undefined : { ageMs: Number(row.open_ms), holder: row.holder ?? '' },
    redisGrowthPerHour: row.growth ?? undefined,
    lastMemory:
      row.seen_at === null ? undefined : { usedBytes: Number(row.used), maxBytes: Number(row.max), at: row.seen_at },
  };
}

type HealthRow = {
  dead_tuples: string;
  holder: string | null;
  open_ms: string | null;
  growth: number | null;
  used: string | null;
  max: string | null;
  seen_at: Date | null;
};
