import type { Db } from '#platform/db/index.ts';
import type { ShardLease } from '../types.ts';
import type { Owner } from './ownership.ts';

/** A worker that died is replaced after this time; its successor looks once a second. */
const LEASE = `interval '10 seconds'`;

type Row = { shard: number; epoch: string };

export async function renewShards(db: Db, owner: Owner, held: readonly ShardLease[]): Promise<ShardLease[]> {
  if (held.length === 0) return [];
  const { rows } = await db.raw<{ rows: Row[] }>(
    `update events.consumer_shards c set owned_until = now() + ${LEASE}
       from unnest(?::int[], ?::bigint[]) as h (shard, epoch)
      where c.stream = ? and c.consumer_group = ? and c.shard = h.shard and c.owner_epoch = h.epoch
      returning c.shard, c.owner_epoch as epoch`,
    [held.map((lease) => lease.shard), held.map((lease) => lease.epoch), owner.stream, owner.group],
  );
  return toLeases(owner, rows);
}

/**
 * Takes up to `limit` shards that nobody holds. One that stands under our own name was held by a process of that name
 * which is gone, because the name contains a port that only one can have.
 */
export async function takeShards(
  db: Db,
  { stream, group, worker }: Owner,
  held: readonly ShardLease[],
  limit: number,
): Promise<ShardLease[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `update events.consumer_shards c
        set owner = ?, owner_epoch = c.owner_epoch + 1, owned_until = now() + ${LEASE}
       from (select shard from events.consumer_shards
              where stream = ? and consumer_group = ? and shard <> all(?::int[])
                and (owner is null or owner = ? or owned_until < now())
              order by shard limit ? for update skip locked) f
      where c.stream = ? and c.consumer_group = ? and c.shard = f.shard
      returning c.shard, c.owner_epoch as epoch`,
    [worker, stream, group, held.map((lease) => lease.shard), worker, limit, stream, group],
  );
  return toLeases({ stream, group }, rows);
}

export async function freeShards(db: Db, leases: readonly ShardLease[]): Promise<void> {
  for (const { stream, group, shard, epoch } of leases)
    await db('events.consumer_shards')
      .where({ stream, consumer_group: group, shard, owner_epoch: epoch })
      .update({ owner: null, owned_until: null });
}

/**
 * How many shards there are, and how many other workers are alive to share them: one that has been silent for as long as a
 * lease lasts gets no share, so that what it owned is taken over as soon as its leases run out.
 */
export async function countOthers(
  db: Db,
  { stream, group, process, worker }: Owner,
): Promise<{ shards: number; others: number }> {
  const { rows } = await db.raw<{ rows: { shards: number; others: number }[] }>(
    `select (select count(*)::int from events.consumer_shards where stream = ? and consumer_group = ?) as shards,
            (select count(*)::int from platform.heartbeats
              where process = ? and instance <> ? and beat_at > now() - ${LEASE}
                and detail ->> 'state' is distinct from 'stopped') as others`,
    [stream, group, process, worker],
  );
  return rows[0]!;
}

function toLeases({ stream, group }: Pick<Owner, 'stream' | 'group'>, rows: readonly Row[]): ShardLease[] {
  return rows
    .map((row) => ({ stream, group, shard: row.shard, epoch: Number(row.epoch) }))
    .toSorted((a, b) => a.shard - b.shard);
}
