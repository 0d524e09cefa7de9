import type { EventPayload } from '#domain/events/index.ts';
import type { TenantContext } from '#platform/context.ts';

/** The columns of engines.sales_daily that events add to; money is a decimal string. */
export type DayFigures = {
  quotes_created?: number;
  quotes_sent?: number;
  quotes_approved?: number;
  quotes_converted?: number;
  orders?: number;
  orders_total?: string;
  orders_cancelled?: number;
  sales?: number;
  revenue?: string;
};

export type QuoteStep = 'created_at' | 'sent_at' | 'approved_at' | 'converted_at';

/** A store that was removed meanwhile has no time zone any more; its last events still belong to some day. */
const DAY_OF_STORE = `(?::timestamptz at time zone
  coalesce((select t.timezone from platform.tenants t where t.id = ?), 'America/Sao_Paulo'))::date`;

/** Adds to the figures of the store's calendar day in which `at` lies. */
export async function addToDay(tx: TenantContext, at: Date, figures: DayFigures): Promise<void> {
  const columns = Object.keys(figures);
  await tx.db.raw(
    `insert into engines.sales_daily as d (tenant_id, day, computed_at, ${columns.map(() => '??').join(', ')})
     values (?, ${DAY_OF_STORE}, ?, ${columns.map(() => '?').join(', ')})
     on conflict (tenant_id, day) do update set computed_at = excluded.computed_at,
       ${columns.map(() => '?? = d.?? + excluded.??').join(', ')}`,
    [
      ...columns,
      tx.tenantId,
      at,
      tx.tenantId,
      tx.clock.now(),
      ...Object.values(figures),
      ...columns.flatMap((column) => [column, column, column]),
    ],
  );
}

type QuoteFact = { quoteId: string; customerId: string };

/** Notes when a quote first took a step; true when this was the first time. */
export async function markQuoteStep(tx: TenantContext, quote: QuoteFact, step: QuoteStep, at: Date): Promise<boolean> {
  const { rowCount } = await tx.db.raw<{ rowCount: number }>(
    `insert into engines.quote_facts as f (tenant_id, quote_id, customer_id, ??) values (?, ?, ?, ?)
     on conflict (tenant_id, quote_id) do update set ?? = excluded.?? where f.?? is null`,
    [step, tx.tenantId, quote.quoteId, quote.customerId, at, step, step, step],
  );
  return rowCount === 1;
}

type OrderFact = { orderId: string; quoteId: string | undefined; customerId: string; totals: string[] };

/** Notes a new order and the sum of its lines. Returns that sum, or undefined when the order was known already. */
export async function markOrderCreated(tx: TenantContext, order: OrderFact, at: Date): Promise<string | undefined> {
  const { rows } = await tx.db.raw<{ rows: { total: string }[] }>(
    `insert into engines.order_facts as f (tenant_id, order_id, quote_id, customer_id, created_at, total)
     values (?, ?, ?, ?, ?, (select coalesce(sum(t), 0) from unnest(?::numeric[]) t))
     on conflict (tenant_id, order_id) do update
        set quote_id = excluded.quote_id, customer_id = excluded.customer_id, created_at = excluded.created_at,
            total = excluded.total
      where f.created_at is null
     returning total`,
    [tx.tenantId, order.orderId, order.quoteId ?? null, order.customerId, at, order.totals],
  );
  return rows[0]?.total;
}

export async function markOrderCancelled(tx: TenantContext, orderId: string, at: Date): Promise<boolean> {
  const { rowCount } = await tx.db.raw<{ rowCount: number }>(
    `insert into engines.order_facts as f (tenant_id, order_id, cancelled_at) values (?, ?, ?)
     on conflict (tenant_id, order_id) do update set cancelled_at = excluded.cancelled_at where f.cancelled_at is null`,
    [tx.tenantId, orderId, at],
  );
  return rowCount === 1;
}

/** Keeps the newest status, whichever event came last. */
export async function markOrderStatus(tx: TenantContext, orderId: string, status: string, at: Date): Promise<void> {
  await tx.db.raw(
    `insert into engines.order_facts as f (tenant_id, order_id, status, status_at) values (?, ?, ?, ?)
     on conflict (tenant_id, order_id) do update set status = excluded.status, status_at = excluded.status_at
      where f.status_at is null or f.status_at < excluded.status_at`,
    [tx.tenantId, orderId, status, at],
  );
}

/** Notes a sale and its lines; false when it was known already. */
export async function insertSale(
  tx: TenantContext,
  sale: EventPayload<'sale_recorded'>,
  soldAt: Date,
): Promise<boolean> {
  const { rowCount } = await tx.db.raw<{ rowCount: number }>(
    `insert into engines.sale_facts (tenant_id, sale_id, order_id, quote_id, customer_id, total, sold_at)
     values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
    [tx.tenantId, sale.sale_id, sale.order_id, sale.quote_id ?? null, sale.customer_id, sale.total, soldAt],
  );
  if (rowCount === 0) return false;
  await tx.db.raw(
    `insert into engines.sale_item_facts
       (tenant_id, sale_id, position, product_id, quantity, unit_price, total, sold_at)
     select ?, ?, i.position, i.product_id, i.quantity, i.unit_price, i.total, ?
       from unnest(?::uuid[], ?::numeric[], ?::numeric[], ?::numeric[])
            with ordinality as i (product_id, quantity, unit_price, total, position)`,
    [
      tx.tenantId,
      sale.sale_id,
      soldAt,
      sale.items.map((item) => item.product_id),
      sale.items.map((item) => item.quantity),
      sale.items.map((item) => item.unit_price),
      sale.items.map((item) => item.total),
    ],
  );
  return true;
}
