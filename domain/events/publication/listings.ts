import type { Db } from '#platform/db/index.ts';
import { ONE_EVENT, toOutboxEvent, type EventRow } from '../event-rows.ts';
import type { NumberedEvent } from './waiting.ts';

type InFlight = { shard: number; afterSeq: number; limit: number };
/** What should be in a shard: published and not settled, nor parked, in order. */
export async function listInFlight(db: Db, { shard, afterSeq, limit }: InFlight): Promise<NumberedEvent[]> {
  const { rows } = await db.raw<{ rows: (EventRow & { seq: string })[] }>(
    `select o.*, p.seq
       from events.pending p cross join lateral (${ONE_EVENT}) o
      where p.shard = ? and p.published_at is not null and p.parked_reason is null and p.seq > ?
      order by p.seq limit ?`,
    [shard, afterSeq, limit],
  );
  return rows.map((row) => ({ ...toOutboxEvent(row), seq: Number(row.seq) }));
}

export async function listGroups(db: Db, stream: string): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { name: string }[] }>(
    `select name from events.consumer_groups where stream = ? order by name`,
    [stream],
  );
  return rows.map((row) => row.name);
}

/** All that were ever in use: a shard that is no longer written to may still hold events. */
export async function listShards(db: Db, stream: string): Promise<number[]> {
  const { rows } = await db.raw<{ rows: { shard: number }[] }>(
    `select shard from events.shards where stream = ? order by shard`,
    [stream],
  );
  return rows.map((row) => row.shard);
}

/**
 * The entry before which a shard may be cut: that of the first event in flight, else the newest one that was marked. Never
 * later, because an entry may have been added since, by a relay that has taken over meanwhile. Undefined when none is known.
 */
export async function findTrimPoint(db: Db, stream: string, shard: number): Promise<string | undefined> {
  const { rows } = await db.raw<{ rows: { stream_id: string | null }[] }>(
    `select coalesce(
       (select p.stream_id from events.pending p
         where p.shard = ? and p.published_at is not null and p.parked_reason is null
         order by split_part(p.stream_id, '-', 1)::bigint, split_part(p.stream_id, '-', 2)::bigint limit 1),
       s.last_stream_id) as stream_id
       from events.shards s where s.stream = ? and s.shard = ?`,
    [shard, stream, shard],
  );
  return rows[0]?.stream_id ?? undefined;
}
