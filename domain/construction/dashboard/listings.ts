import { withTenant, type Db } from '#platform/db/index.ts';
import { localDate } from '#domain/construction/calendar.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import type { Dashboard, DashboardOwners, EngineFigure, RecentDocument, Tally } from './types.ts';

type Bindings = DashboardOwners & { tenantId: string; now: Date; timezone: string };

const RECENT = 8;

/** What a store's first page shows, read in one transaction so that its figures agree. "Today" is the store's. */
export async function readDashboard(ctx: StoreContext, owners: DashboardOwners): Promise<Dashboard> {
  const { tenantId, store } = ctx;
  const now = ctx.clock.now();
  const bindings = { tenantId, now, timezone: store.timezone, ...owners };
  return withTenant(ctx, tenantId, async ({ db }) => ({
    ...(await readTallies(db, bindings)),
    openQuotes: await countByStatus(db, OPEN_QUOTES, bindings),
    openOrders: await countByStatus(db, OPEN_ORDERS, bindings),
    recent: await listRecent(db, bindings),
    has: await findFirstSteps(db, tenantId),
    engine: await findEngineFigure(db, tenantId, localDate(now, store.timezone)),
    asOf: now,
  }));
}

const TALLIES = `
  with bounds as (
    select date_trunc('day', cast(:now as timestamptz) at time zone :timezone) at time zone :timezone as today,
           (date_trunc('day', cast(:now as timestamptz) at time zone :timezone) - interval '6 days')
             at time zone :timezone as week
  ), quotes_today as (
    select count(*)::int as count, coalesce(sum(total), 0)::text as total
      from construction.quotes, bounds
     where tenant_id = :tenantId and created_at >= today and status <> 'cancelled'
       and (cast(:quoteOwner as uuid) is null or salesperson_id = :quoteOwner)
  ), orders_today as (
    select count(*)::int as count, coalesce(sum(total), 0)::text as total
      from construction.orders, bounds
     where tenant_id = :tenantId and created_at >= today and status <> 'cancelled'
       and (cast(:orderOwner as uuid) is null or salesperson_id = :orderOwner)
  ), delivered as (
    select count(*)::int as count, coalesce(sum(total), 0)::text as total
      from construction.orders, bounds
     where tenant_id = :tenantId and status = 'delivered' and delivered_at >= week
       and (cast(:orderOwner as uuid) is null or salesperson_id = :orderOwner)
  )
  select to_json(quotes_today) as "quotesToday", to_json(orders_today) as "ordersToday",
         to_json(delivered) as "deliveredThisWeek"
    from quotes_today, orders_today, delivered`;

type Tallies = { quotesToday: Tally; ordersToday: Tally; deliveredThisWeek: Tally };

async function readTallies(db: Db, bindings: Bindings): Promise<Tallies> {
  const { rows } = await db.raw<{ rows: [Tallies] }>(TALLIES, bindings);
  return rows[0];
}

const OPEN_QUOTES = `
  select status, count(*)::int as count from construction.quotes
   where tenant_id = :tenantId and status in ('draft', 'sent', 'approved')
     and (cast(:quoteOwner as uuid) is null or salesperson_id = :quoteOwner)
   group by status`;

const OPEN_ORDERS = `
  select status, count(*)::int as count from construction.orders
   where tenant_id = :tenantId and status in ('pending', 'preparing', 'ready', 'out_for_delivery')
     and (cast(:orderOwner as uuid) is null or salesperson_id = :orderOwner)
   group by status`;

async function countByStatus(db: Db, sql: string, bindings: Bindings): Promise<Record<string, number>> {
  const { rows } = await db.raw<{ rows: { status: string; count: number }[] }>(sql, bindings);
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

/** The newest of each kind first, so that both indexes are read from their ends, then the newest of both. */
const RECENT_DOCUMENTS = `
  select d.kind, d.id, d.number, d.status, c.name as "customerName", d.total::text as total, d.created_at as "createdAt"
    from (
      (select 'quote' as kind, id, number, status, customer_id, total, created_at from construction.quotes
        where tenant_id = :tenantId and status <> 'converted'
          and (cast(:quoteOwner as uuid) is null or salesperson_id = :quoteOwner)
        order by created_at desc, id desc limit ${RECENT})
      union all
      (select 'order', id, number, status, customer_id, total, created_at from construction.orders
        where tenant_id = :tenantId
          and (cast(:orderOwner as uuid) is null or salesperson_id = :orderOwner)
        order by created_at desc, id desc limit ${RECENT})
    ) d
    left join construction.customers c on c.tenant_id = :tenantId and c.id = d.customer_id
   order by d.created_at desc, d.id desc
   limit ${RECENT}`;

async function listRecent(db: Db, bindings: Bindings): Promise<RecentDocument[]> {
  const { rows } = await db.raw<{ rows: RecentDocument[] }>(RECENT_DOCUMENTS, bindings);
  return rows;
}

const FIRST_STEPS = `
  select exists (select from construction.customers where tenant_id = :tenantId) as customer,
         exists (select from construction.products where tenant_id = :tenantId) as product,
         exists (select from construction.quotes where tenant_id = :tenantId) as quote`;

async function findFirstSteps(db: Db, tenantId: string): Promise<Dashboard['has']> {
  const { rows } = await db.raw<{ rows: [Dashboard['has']] }>(FIRST_STEPS, { tenantId });
  return rows[0];
}

/** The engines' tables are read here and nowhere written: events are the only way to them. */
async function findEngineFigure(db: Db, tenantId: string, day: string): Promise<EngineFigure | undefined> {
  const row = await db('engines.sales_daily')
    .where({ tenant_id: tenantId, day })
    .first<{ day: string; sales: number; revenue: string; computed_at: Date } | undefined>();
  return row && { day: row.day, sales: row.sales, revenue: row.revenue, computedAt: row.computed_at };
}
