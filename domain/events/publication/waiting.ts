import { runPrepared, type Db } from '#platform/db/index.ts';
import { ONE_EVENT, toOutboxEvent, type EventRow } from '../event-rows.ts';
import type { OutboxEvent } from '../types.ts';

/** So many stores share a batch at most; the next batch begins after the last of them. */
const TENANTS_PER_BATCH = 64;

/** Below the id of every store. */
export const FIRST_TENANT = '00000000-0000-0000-0000-000000000000';

/** Stores that are to wait, those that may have only so many events in the batch, and how many any other may have. */
export type Restrictions = {
  except: readonly string[];
  allowances?: ReadonlyMap<string, number>;
  perStore?: number;
};
type Wanted = Restrictions & { after: string; limit: number };
/** In the order of their numbers. `nextAfter` is where the next batch should begin; `isLast` says that nothing else was waiting. */
export type Page = { events: NumberedEvent[]; nextAfter: string; isLast: boolean };
export type NumberedEvent = OutboxEvent & { seq: number };

/**
 * The oldest waiting events of the stores that come after `after`, in equal shares: a store with a million of them gets no
 * more of a batch than its neighbours. Walks from store to store along one index and touches nothing but what it returns, so
 * it costs the same whether ten events wait or a million, or however many days are kept. Not so while somebody's snapshot
 * is held: then it comes upon all that was published since, which vacuum has to keep.
 */
export async function listWaiting(db: Db, wanted: Wanted): Promise<Page> {
  const chosen = `
    with recursive tenants as (
       (select p.tenant_id from events.pending p where p.published_at is null and p.tenant_id > :after
         order by p.tenant_id limit 1)
       union all
       select (select p.tenant_id from events.pending p where p.published_at is null and p.tenant_id > t.tenant_id
                order by p.tenant_id limit 1)
         from tenants t where t.tenant_id is not null),
     chosen as materialized (
       select tenant_id, 0::bigint as after_seq from tenants
        where tenant_id is not null and tenant_id <> all(:except::uuid[]) limit :tenants)`;
  return listShares(db, 'list_waiting', chosen, wanted, { after: wanted.after });
}

/**
 * The same of these stores alone, of each what has a greater number than it has here: whatever was published before is not
 * even looked at, so that it costs no more while a snapshot is held. Other stores, and what was committed out of order, it
 * does not see.
 */
export async function listWaitingOf(db: Db, stores: ReadonlyMap<string, number>, wanted: Wanted): Promise<Page> {
  const known = [...stores].filter(([tenantId]) => tenantId > wanted.after).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const chosen = `
    with chosen as materialized (
       select k.tenant_id, k.after_seq from unnest(:stores::uuid[], :seqs::bigint[]) as k (tenant_id, after_seq)
        cross join lateral (
          select from events.pending p where p.tenant_id = k.tenant_id and p.published_at is null and p.seq > k.after_seq
           order by p.seq limit 1) first
        where k.tenant_id <> all(:except::uuid[]) limit :tenants)`;
  const bindings = { stores: known.map(([tenantId]) => tenantId), seqs: known.map(([, seq]) => seq) };
  return listShares(db, 'list_waiting_of', chosen, wanted, bindings);
}

type ShareRow = EventRow & { seq: string; share: number; last_tenant: string | null };

/** `chosen` is SQL that begins with the stores that have something, each with the number after which to read. */
async function listShares(
  db: Db,
  name: string,
  chosen: string,
  { after, limit, except, allowances = new Map(), perStore = limit }: Wanted,
  bindings: Record<string, unknown>,
): Promise<Page> {
  const { rows } = await runPrepared<{ rows: ShareRow[] }>(
    db,
    name,
    `${chosen},
     size as materialized (select count(*) as tenants, greatest(1, :limit / greatest(1, count(*)))::int as share from chosen)
     select o.*, p.seq, size.share,
            case when size.tenants = :tenants
                 then (select c.tenant_id from chosen c order by c.tenant_id desc limit 1) end as last_tenant
       from size cross join chosen c
      cross join lateral (
        select w.tenant_id, w.event_id, w.seq, w.created_at from events.pending w
         where w.tenant_id = c.tenant_id and w.published_at is null and w.seq > c.after_seq
         order by w.seq
         limit least(size.share, coalesce((:allowances::jsonb ->> c.tenant_id::text)::int, :perStore::int))) p
      cross join lateral (${ONE_EVENT}) o
      order by p.seq`,
    {
      ...bindings,
      limit,
      perStore,
      except: [...except],
      allowances: JSON.stringify(Object.fromEntries(allowances)),
      tenants: TENANTS_PER_BATCH,
    },
  );
  const nextAfter = rows[0]?.last_tenant ?? FIRST_TENANT;
  const isWhole = after === FIRST_TENANT && nextAfter === FIRST_TENANT;
  const events = rows.map((row) => ({ ...toOutboxEvent(row), seq: Number(row.seq) }));
  return { events, nextAfter, isLast: isWhole && !hasFullShare(events, rows[0]?.share ?? 1) };
}

/** Whether some store was given all it could be: it may have more. */
function hasFullShare(events: readonly OutboxEvent[], share: number): boolean {
  const counts = new Map<string, number>();
  for (const { tenantId } of events) counts.set(tenantId, (counts.get(tenantId) ?? 0) + 1);
  return [...counts.values()].some((count) => count >= share);
}
