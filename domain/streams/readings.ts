import type { Db } from '#platform/db/index.ts';

/** The stage from the outbox to the stream, as readings name it; no consumer group may be called so. */
export const RELAY_STAGE = 'relay';

/** One stage, read now. */
export type Reading = {
  group: string;
  shard: number;
  at: Date;
  published: number;
  processed: number;
  /** Of the relay: what stores wait with that are paused. */
  parked: number;
  /** What waits and may be worked on; what is parked is not in it. */
  backlog: number;
  oldestAt: Date | undefined;
  lastDoneAt: Date | undefined;
  owner: string | undefined;
  /** Events ever done by how long after their commit, see DELAY_BOUNDS_MS. */
  delays: number[];
  /** Of all stages together, parked events too. */
  oldestOfAllAt: Date | undefined;
};

/**
 * Every stage of the stream `:stream`, all in one snapshot. What is settled has left events.pending in the transaction that
 * counted it, so each figure is exact. What is unpublished is counted by one index entry per event; all else is bounded by the
 * window of the shards. Where nothing is parked, what is not unpublished is in flight, and the oldest of all need not be
 * looked for among rows that vacuum has to keep.
 */
export const READINGS = `
  with moment as materialized (select clock_timestamp() as at),
  in_flight as materialized (
    select p.shard, min(p.created_at) as oldest_at from events.pending p
     where p.published_at is not null and p.parked_reason is null group by p.shard),
  written as (
    select sum(s.published) as published, max(s.last_published_at) as last_at from events.shards s where s.stream = :stream),
  unmarked as (
    select coalesce(max(g.events), 0) as events from (
      select sum(c.settled_unmarked) as events from events.consumer_shards c where c.stream = :stream group by c.consumer_group) g),
  paused as materialized (
    select coalesce(array_agg(case x.scope when 'tenant' then x.target::uuid end) filter (where x.scope = 'tenant'), '{}') as tenants
      from events.pauses x where x.stream = :stream and (x.expires_at is null or x.expires_at > now())),
  waiting as materialized (
    select count(*) as events, min(p.created_at) as oldest_at,
           count(*) filter (where p.tenant_id = any((select tenants from paused)::uuid[])) as held,
           min(p.created_at) filter (where p.tenant_id <> all((select tenants from paused)::uuid[])) as oldest_free_at
      from events.pending p where p.published_at is null),
  everything as (
    select case when exists (select from events.consumer_shards c where c.stream = :stream and c.parked > 0)
                then (select min(p.created_at) from events.pending p)
                else least((select min(f.oldest_at) from in_flight f), (select w.oldest_at from waiting w)) end as oldest_at),
  publish_delays as (
    select array_agg(d.count order by d.class) as counts from (
      select u.class, sum(u.count)::bigint as count
        from events.shards s cross join unnest(s.delays) with ordinality as u (count, class)
       where s.stream = :stream group by u.class) d)
  select c.consumer_group, c.shard, m.at as sampled_at, s.published + c.settled_unmarked as published, c.settled as processed,
         c.parked, s.published + c.settled_unmarked - c.settled - c.parked as backlog, f.oldest_at, c.last_settled_at as last_done_at,
         c.owner, c.delays, e.oldest_at as oldest_of_all_at
    from events.consumer_shards c
    join events.shards s on s.stream = c.stream and s.shard = c.shard
   cross join moment m cross join everything e
    left join in_flight f on f.shard = c.shard
   where c.stream = :stream
  union all
  select '${RELAY_STAGE}', 0, m.at, coalesce(t.published, 0) + n.events + w.events, coalesce(t.published, 0) + n.events, w.held,
         w.events - w.held, w.oldest_free_at,
         t.last_at, st.lease_holder, coalesce(d.counts, '{}'), e.oldest_at
    from events.streams st cross join moment m cross join everything e
   cross join written t cross join unmarked n cross join waiting w cross join publish_delays d
   where st.name = :stream`;

export async function listReadings(db: Db, stream: string): Promise<Reading[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(`${READINGS} order by 1, 2`, { stream });
  return rows.map((row) => ({
    group: row.consumer_group,
    shard: row.shard,
    at: row.sampled_at,
    published: Number(row.published),
    processed: Number(row.processed),
    parked: Number(row.parked),
    backlog: Number(row.backlog),
    oldestAt: row.oldest_at ?? undefined,
    lastDoneAt: row.last_done_at ?? undefined,
    owner: row.owner ?? undefined,
    delays: row.delays.map(Number),
    oldestOfAllAt: row.oldest_of_all_at ?? undefined,
  }));
}

type Row = {
  consumer_group: string;
  shard: number;
  sampled_at: Date;
  published: string;
  processed: string;
  parked: string;
  backlog: string;
  oldest_at: Date | null;
  last_done_at: Date | null;
  owner: string | null;
  delays: string[];
  oldest_of_all_at: Date | null;
};
