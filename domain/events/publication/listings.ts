import { runPrepared, type Db } from '#platform/db/index.ts';
import { ONE_EVENT, toOutboxEvent, type EventRow } from '../event-rows.ts';
import type { OutboxEvent } from '../types.ts';

/** So many stores share a batch at most; the next batch begins after the last of them. */
const TENANTS_PER_BATCH = 64;

/** Below the id of every store. */
export const FIRST_TENANT = '00000000-0000-0000-0000-000000000000';

/** Stores that are to wait, and those that may have only so many events in the batch. */
export type Restrictions = { except: readonly string[]; allowances?: ReadonlyMap<string, number> };
type Wanted = Restrictions & { after: string; limit: number };
type Page = { events: OutboxEvent[]; nextAfter: string; isLast: boolean };

/**
 * The oldest waiting events of the stores that come after `after`, in the order of their numbers, in equal shares: a store
 * with a million of them gets no more of a batch than its neighbours. Walks from store to store along one index and
 * touches nothing but what it returns, so it costs the same whether ten events wait or a million, or however many days are
 * kept.
 * `nextAfter` is where the next batch should begin; `isLast` says that nothing else was waiting.
 */
export async function listWaiting(db: Db, { after, limit, except, allowances = new Map() }: Wanted): Promise<Page> {
  const { rows } = await runPrepared<{ rows: (EventRow & { share: number; last_tenant: string | null })[] }>(
    db,
    'list_waiting',
    `with recursive tenants as (
       (select p.tenant_id from events.pending p where p.published_at is null and p.tenant_id > :after
         order by p.tenant_id limit 1)
       union all
       select (select p.tenant_id from events.pending p where p.published_at is null and p.tenant_id > t.tenant_id
                order by p.tenant_id limit 1)
         from tenants t where t.tenant_id is not null),
     chosen as materialized (select tenant_id from tenants where tenant_id is not null and tenant_id <> all(:except::uuid[]) limit :tenants),
     size as materialized (select count(*) as tenants, greatest(1, :limit / greatest(1, count(*)))::int as share from chosen)
     select o.*, size.share,
            case when size.tenants = :tenants
                 then (select c.tenant_id from chosen c order by c.tenant_id desc limit 1) end as last_tenant
       from size cross join chosen c
      cross join lateral (
        select w.tenant_id, w.event_id, w.seq, w.created_at from events.pending w where w.tenant_id = c.tenant_id and w.published_at is null
         order by w.seq
         limit least(size.share, (:allowances::jsonb ->> c.tenant_id::text)::int)) p
      cross join lateral (${ONE_EVENT}) o
      order by p.seq`,
    {
      after,
      limit,
      except: [...except],
      allowances: JSON.stringify(Object.fromEntries(allowances)),
      tenants: TENANTS_PER_BATCH,
    },
  );
  const nextAfter = rows[0]?.last_tenant ?? FIRST_TENANT;
  const isWhole = after === FIRST_TENANT && nextAfter === FIRST_TENANT;
  const events = rows.map(toOutboxEvent);
  return { events, nextAfter, isLast: isWhole && !hasFullShare(events, rows[0]?.share ?? 1) };
}

/** Whether some store was given all it could be: it may have more. */
function hasFullShare(events: readonly OutboxEvent[], share: number): boolean {
  const counts = new Map<string, number>();
  for (const { tenantId } of events) counts.set(tenantId, (counts.get(tenantId) ?? 0) + 1);
  return [...counts.values()].some((count) => count >= share);
}

type InFlight = { shard: number; afterSeq: number; limit: number };
type NumberedEvent = OutboxEvent & { seq: number };

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
