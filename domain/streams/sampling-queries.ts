import type { Db } from '#platform/db/index.ts';
import { READINGS } from './readings.ts';

/** A finer reading is kept for `keep`, and is what the next, coarser one is made of. */
const SPANS = [
  { seconds: 5, keep: '2 hours' },
  { seconds: 60, keep: '2 days' },
  { seconds: 900, keep: '31 days' },
] as const;

/** Notes a reading of every stage. */
export async function insertSamples(db: Db, stream: string): Promise<void> {
  await db.raw(
    `insert into platform.stream_samples
       (stream, span_seconds, sampled_at, consumer_group, shard, published, processed, parked, backlog, oldest_age_ms, delays)
     select :stream, 5, r.sampled_at, r.consumer_group, r.shard, r.published, r.processed, r.parked, r.backlog,
            greatest(0, extract(epoch from r.sampled_at - r.oldest_at) * 1000), r.delays
       from (${READINGS}) r`,
    { stream },
  );
}

/** What Redis said of its memory, if it was asked since the last time. */
export type Memory = { usedBytes: number; maxBytes: number };

/**
 * SQL: the transaction that has been open longest, by the oldest number it has or still wants to see, and whose it is. Roles may
 * not see when others' transactions began, but these numbers they may: the same in two readings means open in both.
 */
export const OLDEST_TRANSACTION = `
  select x.number::text::bigint as xmin, a.application_name as holder
    from pg_stat_activity a cross join lateral (values (a.backend_xid), (a.backend_xmin)) as x (number)
   where x.number is not null and a.datname = current_database() and a.pid <> pg_backend_pid()
   order by age(x.number) desc limit 1`;

/** SQL: versions of rows of events.pending that nobody needs any more and that vacuum has not yet taken away. */
export const DEAD_TUPLES = `
  (select coalesce(max(t.n_dead_tup), 0) from pg_stat_all_tables t where t.schemaname = 'events' and t.relname = 'pending')`;

export async function insertHealth(db: Db, stream: string, memory: Memory | undefined): Promise<void> {
  await db.raw(
    `insert into platform.stream_health
       (stream, span_seconds, sampled_at, redis_used_bytes, redis_max_bytes, dead_tuples, oldest_xmin, oldest_xmin_of)
     select ?, 5, clock_timestamp(), ?::bigint, ?::bigint, ${DEAD_TUPLES}, x.xmin, x.holder
       from (select) one left join (${OLDEST_TRANSACTION}) x on true`,
    [stream, memory?.usedBytes ?? null, memory?.maxBytes ?? null],
  );
}

/**
 * Makes coarser readings of finer ones, of spans that are over, and forgets what is older than its kind is kept. A span
 * that was done before is not done again. Counters are those of its end; of backlog and age the worst is kept, since that
 * is what one looks back for.
 */
export async function rollUp(db: Db, stream: string): Promise<void> {
  for (const [index, { seconds: from }] of SPANS.slice(0, -1).entries()) {
    const to = SPANS[index + 1]!.seconds;
    await rollSamples(db, { stream, from, to, span: `${to} seconds` });
    await rollHealth(db, { stream, from, to, span: `${to} seconds` });
  }
  for (const { seconds, keep } of SPANS)
    for (const table of ['stream_samples', 'stream_health'])
      await db.raw(
        `delete from platform.${table} where stream = ? and span_seconds = ? and sampled_at < now() - ?::interval`,
        [stream, seconds, keep],
      );
  await db.raw(`delete from platform.stream_marks where stream = ? and marked_at < now() - ?::interval`, [
    stream,
    SPANS.at(-1)!.keep,
  ]);
}

type Roll = { stream: string; from: number; to: number; span: string };

/** SQL: finer rows of spans that are over and not rolled up yet, with the end of their span. */
function finished(table: string): string {
  return `
    select s.*, date_bin(cast(:span as interval), s.sampled_at, 'epoch') + cast(:span as interval) as span_end
      from platform.${table} s
     where s.stream = :stream and s.span_seconds = :from and s.sampled_at < date_bin(cast(:span as interval), now(), 'epoch')
       and s.sampled_at >= coalesce((select max(d.sampled_at) from platform.${table} d
                                      where d.stream = :stream and d.span_seconds = :to), '-infinity')`;
}

const last = (column: string) => `(array_agg(f.${column} order by f.sampled_at desc))[1]`;

async function rollSamples(db: Db, roll: Roll): Promise<void> {
  await db.raw(
    `insert into platform.stream_samples
       (stream, span_seconds, sampled_at, consumer_group, shard, published, processed, parked, backlog, oldest_age_ms, delays)
     select * from (
       select distinct on (f.span_end, f.consumer_group, f.shard) f.stream, cast(:to as int), f.span_end, f.consumer_group, f.shard,
              f.published, f.processed, f.parked, max(f.backlog) over w, max(f.oldest_age_ms) over w, f.delays
         from (${finished('stream_samples')}) f
       window w as (partition by f.span_end, f.consumer_group, f.shard)
        order by f.span_end, f.consumer_group, f.shard, f.sampled_at desc) r
     on conflict do nothing`,
    roll,
  );
}

async function rollHealth(db: Db, roll: Roll): Promise<void> {
  await db.raw(
    `insert into platform.stream_health
       (stream, span_seconds, sampled_at, redis_used_bytes, redis_max_bytes, dead_tuples, oldest_xmin, oldest_xmin_of)
     select f.stream, cast(:to as int), f.span_end, max(f.redis_used_bytes), max(f.redis_max_bytes), max(f.dead_tuples),
            ${last('oldest_xmin')}, ${last('oldest_xmin_of')}
       from (${finished('stream_health')}) f group by f.stream, f.span_end
     on conflict do nothing`,
    roll,
  );
}

export async function insertMark(
  db: Db,
  mark: { stream: string; kind: string; by: string; note: string },
): Promise<void> {
  await db('platform.stream_marks').insert({
    stream: mark.stream,
    kind: mark.kind,
    made_by: mark.by,
    note: mark.note,
  });
}
