import type { Db } from '#platform/db/index.ts';
import type { MarkKind } from './sampling.ts';

export type HistoryRow = {
  at: Date;
  /** Of the counters, within that step. */ readAt: Date;
  group: string;
  shard: number;
  published: number;
  processed: number;
  backlog: number;
  oldestAgeMs: number;
  delays: number[];
};

/** Units: s. */
type Wanted = { stream: string; span: number; step: number; length: number };

/** Readings of each stage, one for each step: the counters at its end, the worst of its backlog and its age. */
export async function listHistory(db: Db, wanted: Wanted): Promise<HistoryRow[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select distinct on (s.at, s.consumer_group, s.shard) s.at, s.sampled_at, s.consumer_group, s.shard, s.published, s.processed, s.delays,
            max(s.backlog) over w as backlog, max(s.oldest_age_ms) over w as oldest_age_ms
       from (select p.*, date_bin(make_interval(secs => :step), p.sampled_at, 'epoch') as at from platform.stream_samples p
              where p.stream = :stream and p.span_seconds = :span
                and p.sampled_at > now() - make_interval(secs => :length)) s
     window w as (partition by s.at, s.consumer_group, s.shard)
      order by s.at, s.consumer_group, s.shard, s.sampled_at desc`,
    wanted,
  );
  return rows.map((row) => ({
    at: row.at,
    readAt: row.sampled_at,
    group: row.consumer_group,
    shard: row.shard,
    published: Number(row.published),
    processed: Number(row.processed),
    backlog: Number(row.backlog),
    oldestAgeMs: Number(row.oldest_age_ms ?? 0),
    delays: row.delays.map(Number),
  }));
}

type Row = {
  at: Date;
  sampled_at: Date;
  consumer_group: string;
  shard: number;
  published: string;
  processed: string;
  backlog: string;
  oldest_age_ms: string | null;
  delays: string[];
};

export type Mark = { at: Date; kind: MarkKind; by: string; note: string };

/** The newest 100 of the last `seconds`, the oldest first. */
export async function listMarks(db: Db, stream: string, seconds: number): Promise<Mark[]> {
  const { rows } = await db.raw<{ rows: { marked_at: Date; kind: MarkKind; made_by: string; note: string }[] }>(
    `select marked_at, kind, made_by, note from platform.stream_marks
      where stream = ? and marked_at > now() - make_interval(secs => ?) order by marked_at desc limit 100`,
    [stream, seconds],
  );
  return rows.map((row) => ({ at: row.marked_at, kind: row.kind, by: row.made_by, note: row.note })).toReversed();
}
