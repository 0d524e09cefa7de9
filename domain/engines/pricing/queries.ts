import { askForRecomputation, WHOLE_STORE } from '#domain/engines/index.ts';
import type { DecimalText } from '#platform/decimal.ts';
import type { TenantLane } from '#platform/db/index.ts';
import { WINDOW_DAYS, type PriceFact } from './rules.ts';

const ASK = askForRecomputation(
  'pricing',
  `select distinct n.product_id as subject, $3::timestamptz as due_at from noted n
   union all
   select '${WHOLE_STORE}', $3::timestamptz where exists (select from noted)`,
);

async function write(lane: TenantLane, name: string, text: string, facts: readonly object[]): Promise<void> {
  if (facts.length === 0) return;
  await lane.query({ name, text, values: [lane.tenantId, JSON.stringify(facts), lane.clock.now()] });
}

type SupplierPrice = {
  fact_id: string;
  product_id: string;
  supplier_id: string;
  price: string;
  payment_days?: number | null | undefined;
  valid_until?: string | null | undefined;
  at: string;
};

/** Notes what suppliers ask; `fact_id` is the event's. */
export async function recordPrices(lane: TenantLane, facts: readonly SupplierPrice[]): Promise<void> {
  await write(lane, 'pricing_prices', PRICES, facts);
}

const PRICES = `
  with noted as (
    insert into engines.supplier_price_facts
      (tenant_id, product_id, fact_id, supplier_id, price, payment_days, valid_until, registered_at)
    select $1, x.product_id, x.fact_id, x.supplier_id, x.price, x.payment_days, x.valid_until, x.at
      from jsonb_to_recordset($2::jsonb) as x (fact_id uuid, product_id uuid, supplier_id uuid, price numeric,
                                               payment_days int, valid_until date, at timestamptz)
     order by x.product_id, x.fact_id
    on conflict do nothing returning product_id)
  ${ASK}`;

type ReceiptCost = { receipt_id: string; product_id: string; quantity: string; unit_cost: string; at: string };

/** Notes what goods cost when they came; several lines of a receipt make one mean. */
export async function recordCosts(lane: TenantLane, facts: readonly ReceiptCost[]): Promise<void> {
  await write(lane, 'pricing_costs', COSTS, facts);
}

const COSTS = `
  with noted as (
    insert into engines.receipt_cost_facts (tenant_id, product_id, receipt_id, quantity, unit_cost, received_at)
    select $1, x.product_id, x.receipt_id, sum(x.quantity), sum(x.quantity * x.unit_cost) / sum(x.quantity), min(x.at)
      from jsonb_to_recordset($2::jsonb)
        as x (receipt_id uuid, product_id uuid, quantity numeric, unit_cost numeric, at timestamptz)
     where x.quantity > 0 group by 2, 3 order by 2, 3
    on conflict do nothing returning product_id)
  ${ASK}`;

/** What suppliers asked for these products in the last 90 days, and the last that each asked however old, in their order. */
export async function listPrices(
  lane: TenantLane,
  productIds: readonly string[],
): Promise<(PriceFact & { productId: string })[]> {
  return lane.query({
    name: 'pricing_list_prices',
    text: LIST_PRICES,
    values: [lane.tenantId, productIds, lane.clock.now()],
  });
}

const LIST_PRICES = `
  select p.* from (
    select f.product_id as "productId", f.fact_id as "factId", f.supplier_id as "supplierId", f.price::text,
           f.payment_days as "paymentDays", f.valid_until::text as "validUntil", f.registered_at as "registeredAt",
           lag(f.price) over of_supplier::text as "before", lead(f.fact_id) over of_supplier is null as "isLast",
           (min(f.price) over (partition by f.product_id order by f.registered_at, f.fact_id
                               rows between unbounded preceding and 1 preceding))::text as "leastBefore"
      from engines.supplier_price_facts f where f.tenant_id = $1 and f.product_id = any ($2::uuid[])
    window of_supplier as (partition by f.product_id, f.supplier_id order by f.registered_at, f.fact_id)) p
   where p."isLast" or p."registeredAt" >= $3::timestamptz - interval '${WINDOW_DAYS} days'
   order by p."registeredAt", p."factId"`;

/**
 * Asks for the products of which time alone changes what is true: since they were judged, a price ended or left the window,
 * or a receipt did.
 */
export async function askForLapsed(lane: TenantLane): Promise<void> {
  await lane.query({ name: 'pricing_lapsed', text: LAPSED, values: [lane.tenantId, lane.clock.now()] });
}

const LAPSED = askForRecomputation(
  'pricing',
  `select c.product_id as subject, $2::timestamptz as due_at
     from engines.base_costs c
    where c.tenant_id = $1 and (
      exists (select from engines.supplier_price_facts f
               where f.tenant_id = $1 and f.product_id = c.product_id
                 and (f.registered_at + interval '${WINDOW_DAYS} days' between c.computed_at and $2
                      -- In whatever zone the day ends.
                      or f.valid_until between c.computed_at::date - 1 and $2::date + 1))
      or exists (select from engines.receipt_cost_facts r
                  where r.tenant_id = $1 and r.product_id = c.product_id
                    and r.received_at + interval '${WINDOW_DAYS} days' between c.computed_at and $2))`,
);

/** The mean of what came in the last 90 days, weighted by quantity, else of the last receipt. */
export async function listReceiptCosts(
  lane: TenantLane,
  productIds: readonly string[],
): Promise<Map<string, DecimalText>> {
  const rows = await lane.query<{ product_id: string; cost: string }>({
    name: 'pricing_list_costs',
    text: `select r.product_id,
                  coalesce(sum(r.quantity * r.unit_cost) filter (where r.received_at > $3::timestamptz - interval '${WINDOW_DAYS} days')
                             / nullif(sum(r.quantity) filter (where r.received_at > $3::timestamptz - interval '${WINDOW_DAYS} days'), 0),
                           (array_agg(r.unit_cost order by r.received_at desc))[1])::numeric(14,4)::text as cost
             from engines.receipt_cost_facts r
            where r.tenant_id = $1 and r.product_id = any ($2::uuid[]) group by 1`,
    values: [lane.tenantId, productIds, lane.clock.now()],
  });
  return new Map(rows.map(({ product_id, cost }) => [product_id, cost]));
}

/** The store's own day. */
export async function getToday(lane: TenantLane): Promise<string> {
  const [row] = await lane.query<{ today: string }>({
    name: 'pricing_today',
    text: `select ($2::timestamptz at time zone coalesce(
             (select t.timezone from platform.tenants t where t.id = $1), 'America/Sao_Paulo'))::date::text as today`,
    values: [lane.tenantId, lane.clock.now()],
  });
  return row!.today;
}
