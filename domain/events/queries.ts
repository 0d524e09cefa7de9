import type { Db } from '#platform/db/index.ts';
import { LeaseLost, type Lease, type OutboxEvent } from './types.ts';

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

/** Returns the identity of the Redis the stream was last built in. Throws LeaseLost. */
export async function renewLease(db: Db, { stream, epoch }: Lease): Promise<string | undefined> {
  const { rows } = await db.raw<{ rows: { redis_identity: string | null }[] }>(
    `update events.streams set lease_until = now() + ${LEASE} where name = ? and lease_epoch = ?
      returning redis_identity`,
    [stream, epoch],
  );
  if (!rows[0]) throw new LeaseLost(stream);
  return rows[0].redis_identity ?? undefined;
}

/** Lets a standby take over at once instead of waiting for the lease to run out. */
export async function releaseLease(db: Db, { stream, epoch }: Lease): Promise<void> {
  await db.raw(`update events.streams set lease_holder = null, lease_until = null where name = ? and lease_epoch = ?`, [
    stream,
    epoch,
  ]);
}

export type Placed = { event: OutboxEvent; streamId: string };

/**
 * Marks events as published and counts them, in one statement: the counter is exact in every snapshot, and positions have
 * no gaps. The lease is the fence: a relay that slept through its own marks nothing. Throws LeaseLost.
 */
export async function markPublished(db: Db, { stream, epoch }: Lease, placed: readonly Placed[]): Promise<void> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `with fence as (
       update events.streams set position = position + ?, lease_until = now() + ${LEASE}
        where name = ? and lease_epoch = ? returning position - ? as base)
     update events.outbox o
        set published_at = clock_timestamp(), position = fence.base + a.ordinal, stream_id = a.stream_id, last_error = null
       from fence, unnest(?::uuid[], ?::uuid[], ?::text[]) with ordinality as a (tenant_id, event_id, stream_id, ordinal)
      where o.tenant_id = a.tenant_id and o.event_id = a.event_id and o.published_at is null`,
    [placed.length, stream, epoch, placed.length, ...columnsOf(placed)],
  );
  if (rowCount !== placed.length) throw new LeaseLost(stream);
}

/** Records where published events are found after the stream was built again. Throws LeaseLost. */
export async function moveEntries(db: Db, { stream, epoch }: Lease, placed: readonly Placed[]): Promise<void> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `with fence as (
       update events.streams set lease_until = now() + ${LEASE} where name = ? and lease_epoch = ? returning name)
     update events.outbox o set stream_id = a.stream_id
       from fence, unnest(?::uuid[], ?::uuid[], ?::text[]) as a (tenant_id, event_id, stream_id)
      where o.tenant_id = a.tenant_id and o.event_id = a.event_id`,
    [stream, epoch, ...columnsOf(placed)],
  );
  if (rowCount !== placed.length) throw new LeaseLost(stream);
}

function columnsOf(placed: readonly Placed[]): [string[], string[], string[]] {
  return [placed.map((p) => p.event.tenantId), placed.map((p) => p.event.eventId), placed.map((p) => p.streamId)];
}

/** Writes on an event that is still waiting why Redis did not take it. */
export async function noteRefusal(db: Db, event: OutboxEvent, reason: string): Promise<void> {
  await db('events.outbox')
    .where({ tenant_id: event.tenantId, event_id: event.eventId })
    .whereNull('published_at')
    .update({ attempts: db.raw('attempts + 1'), last_error: reason });
}

/** From now on the stream lives in the Redis that answers to `identity`. Throws LeaseLost. */
export async function adoptIdentity(db: Db, { stream, epoch }: Lease, identity: string): Promise<void> {
  const changed = await db('events.streams')
    .where({ name: stream, lease_epoch: epoch })
    .update({ redis_identity: identity, rebuilt_at: db.raw('clock_timestamp()') });
  if (changed === 0) throw new LeaseLost(stream);
}

/**
 * Moves each group's settled position up to just before its first unsettled event. Work is what was settled since the
 * last call, because it begins at the old position and stops at the first open event.
 */
export async function advanceSettledPositions(db: Db, stream: string): Promise<void> {
  await db.raw(
    `update events.consumer_groups g
        set settled_position = coalesce((
              select o.position - 1 from events.outbox o
               where o.position > g.settled_position and not exists (
                 select from events.processed p
                  where p.tenant_id = o.tenant_id and p.consumer_group = g.name and p.event_id = o.event_id)
               order by o.position limit 1), s.position)
       from events.streams s
      where s.name = g.stream and g.stream = ?`,
    [stream],
  );
}

/** Notes the counters of each group, for rates and for telling a stall from a pause; forgets those of two days ago. */
export async function insertSamples(db: Db, stream: string): Promise<void> {
  await db.raw(
    `insert into platform.stream_samples (stream, consumer_group, sampled_at, published, processed, unpublished)
     select g.stream, g.name, clock_timestamp(), s.position,
            coalesce((select sum(c.processed) from events.group_counts c where c.consumer_group = g.name), 0) + g.erased_count,
            (select count(*) from events.outbox o where o.published_at is null)
       from events.consumer_groups g join events.streams s on s.name = g.stream
      where g.stream = ?`,
    [stream],
  );
  await db.raw(
    `delete from platform.stream_samples s using events.consumer_groups g
      where g.stream = ? and s.stream = g.stream and s.consumer_group = g.name and s.sampled_at < now() - interval '2 days'`,
    [stream],
  );
}
