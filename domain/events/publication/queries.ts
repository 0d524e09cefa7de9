import { runPrepared, type Db } from '#platform/db/index.ts';
import { addDelays, delayParameters } from '../delays.ts';
import { LeaseLost, type Lease, type OutboxEvent } from '../types.ts';

/**
 * A dead holder is replaced after this time; a living one renews it every second. A relay that comes back under its old
 * name need not wait, because the name contains a port that only one process can hold.
 */
const LEASE = `interval '5 seconds'`;

export async function takeLease(db: Db, stream: string, holder: string): Promise<Lease | undefined> {
  const { rows } = await db.raw<{ rows: { epoch: string }[] }>(
    `update events.streams set lease_holder = ?, lease_epoch = lease_epoch + 1, lease_until = now() + ${LEASE}
      where name = ? and (lease_holder = ? or lease_until is null or lease_until < now())
      returning lease_epoch as epoch`,
    [holder, stream, holder],
  );
  return rows[0] && { stream, epoch: Number(rows[0].epoch) };
}

/** Throws LeaseLost. */
export async function renewLease(db: Db, { stream, epoch }: Lease): Promise<void> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `update events.streams set lease_until = now() + ${LEASE} where name = ? and lease_epoch = ?`,
    [stream, epoch],
  );
  if (rowCount === 0) throw new LeaseLost(stream);
}

/** Lets a standby take over at once instead of waiting for the lease to run out. */
export async function releaseLease(db: Db, { stream, epoch }: Lease): Promise<void> {
  await db.raw(`update events.streams set lease_holder = null, lease_until = null where name = ? and lease_epoch = ?`, [
    stream,
    epoch,
  ]);
}

export type StreamState = {
  /** Of the Redis the stream was last built in. */
  identity: string | undefined;
  shardCount: number;
  /** Events that each shard, in order, holds for its slowest group: neither settled nor parked. */
  inFlight: number[];
};

/** Throws LeaseLost. */
export async function getStreamState(db: Db, { stream, epoch }: Lease): Promise<StreamState> {
  const { rows } = await runPrepared<{ rows: { identity: string | null; shard_count: number; in_flight: string[] }[] }>(
    db,
    'stream_state',
    `select s.redis_identity as identity, s.shard_count,
            array(select h.published - coalesce(d.done, 0) from events.shards h
                    left join lateral (select min(c.settled - c.settled_unmarked + c.parked) as done from events.consumer_shards c
                                        where c.stream = h.stream and c.shard = h.shard) d on true
                   where h.stream = s.name order by h.shard) as in_flight
       from events.streams s where s.name = ? and s.lease_epoch = ?`,
    [stream, epoch],
  );
  if (!rows[0]) throw new LeaseLost(stream);
  const { identity, shard_count: shardCount, in_flight: inFlight } = rows[0];
  return { identity: identity ?? undefined, shardCount, inFlight: inFlight.map(Number) };
}

/** Makes the rows of shards that are new, for the stream and for each group. */
export async function ensureShards(db: Db, stream: string, count: number): Promise<void> {
  await db.raw(
    `with made as (
       insert into events.shards (stream, shard) select ?, n from generate_series(0, ?::int - 1) n
       on conflict do nothing returning stream, shard)
     insert into events.consumer_shards (stream, consumer_group, shard)
     select g.stream, g.name, m.shard from made m join events.consumer_groups g on g.stream = m.stream
     on conflict do nothing`,
    [stream, count],
  );
}

export type Placed = { event: OutboxEvent; shard: number; streamId: string };

/**
 * Marks events as published and counts them, in one statement, so that the counters are exact in every snapshot. The lease
 * is the fence: a relay that slept through its own marks nothing. A row that is gone or locked belongs to an event which a
 * worker has settled, or is settling, before we came to mark it: that worker counts it. The commit does not wait for the
 * disk: a mark that a crash undoes is an event that is published again, and whoever settles it flushes its mark too.
 * (That it was not marked before is asked in words which no index answers, and each row is asked for by itself: whatever
 * the statistics say, it is found by its key.) One that changed in this very moment is marked next time. Returns how many were
 * marked. Throws LeaseLost.
 */
export async function markPublished(db: Db, { stream, epoch }: Lease, placed: readonly Placed[]): Promise<number> {
  const last = new Map(placed.map(({ shard, streamId }) => [shard, streamId]));
  const { rows } = await runPrepared<{ rows: { fenced: number; marked: number }[] }>(
    db,
    'mark_published',
    `with fence as (
       update events.streams set lease_until = now() + ${LEASE} where name = ? and lease_epoch = ? returning name),
     free as (
       select p.ctid, a.stream_id, a.shard
         from fence, unnest(?::uuid[], ?::uuid[], ?::text[], ?::int[]) as a (tenant_id, event_id, stream_id, shard)
        cross join lateral (
          select p.ctid from events.pending p
           where p.tenant_id = a.tenant_id and p.event_id = a.event_id
             and coalesce(p.published_at, '-infinity') = '-infinity' limit 1 for update skip locked) p),
     marked as (
       update events.pending p set published_at = clock_timestamp(), shard = f.shard, stream_id = f.stream_id, last_error = null
         from free f where p.ctid = f.ctid
       returning p.shard, p.created_at),
     counted as (
       update events.shards s set published = s.published + coalesce(m.count, 0), last_published_at = clock_timestamp(),
              last_stream_id = l.stream_id,
              delays = ${addDelays('s.delays', '(select created_at from marked where marked.shard = s.shard)')}
         from fence, unnest(?::int[], ?::text[]) as l (shard, stream_id)
         left join (select shard, count(*) as count from marked group by shard) m on m.shard = l.shard
        where s.stream = ? and s.shard = l.shard)
     select (select count(*)::int from fence) as fenced, (select count(*)::int from marked) as marked,
            set_config('synchronous_commit', 'off', true)`,
    [stream, epoch, ...columnsOf(placed), ...delayParameters(), [...last.keys()], [...last.values()], stream],
  );
  if (rows[0]?.fenced !== 1) throw new LeaseLost(stream);
  return rows[0].marked;
}

/** Records where events in flight are found after the stream was built again. Throws LeaseLost. */
export async function moveEntries(db: Db, { stream, epoch }: Lease, placed: readonly Placed[]): Promise<void> {
  const [tenantIds, eventIds, streamIds] = columnsOf(placed);
  const { rows } = await db.raw<{ rows: { fenced: number }[] }>(
    `with fence as (
       update events.streams set lease_until = now() + ${LEASE} where name = ? and lease_epoch = ? returning name),
     free as (
       select p.ctid, a.stream_id
         from fence, unnest(?::uuid[], ?::uuid[], ?::text[]) as a (tenant_id, event_id, stream_id)
        cross join lateral (
          select p.ctid from events.pending p where p.tenant_id = a.tenant_id and p.event_id = a.event_id
           limit 1 for update skip locked) p),
     moved as (update events.pending p set stream_id = f.stream_id from free f where p.ctid = f.ctid)
     select count(*)::int as fenced from fence`,
    [stream, epoch, tenantIds, eventIds, streamIds],
  );
  if (rows[0]?.fenced !== 1) throw new LeaseLost(stream);
}

function columnsOf(placed: readonly Placed[]): [string[], string[], string[], number[]] {
  return [
    placed.map((p) => p.event.tenantId),
    placed.map((p) => p.event.eventId),
    placed.map((p) => p.streamId),
    placed.map((p) => p.shard),
  ];
}

/** Writes on an event that is still waiting why Redis did not take it. */
export async function noteRefusal(db: Db, event: OutboxEvent, reason: string): Promise<void> {
  await db('events.pending')
    .where({ tenant_id: event.tenantId, event_id: event.eventId })
    .whereNull('published_at')
    .update({ attempts: db.raw('attempts + 1'), last_error: reason });
}

/** From now on the stream lives in the Redis that answers to `identity`; ids of its earlier life say nothing. Throws LeaseLost. */
export async function adoptIdentity(db: Db, { stream, epoch }: Lease, identity: string): Promise<void> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `with adopted as (
       update events.streams set redis_identity = ?, rebuilt_at = clock_timestamp() where name = ? and lease_epoch = ?
       returning name)
     update events.shards s set last_stream_id = null from adopted a where s.stream = a.name`,
    [identity, stream, epoch],
  );
  if (rowCount === 0) throw new LeaseLost(stream);
}
