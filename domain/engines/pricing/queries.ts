import { askForRecomputation } from '#domain/engines/index.ts';
import type { DecimalText } from '#platform/decimal.ts';
import type { TenantLane } from '#platform/db/index.ts';
import type { PriceFact } from './rules.ts';

const ASK = askForRecomputation(
  'pricing',
  `select distinct n.product_id as subject, $3::timestamptz as due_at from noted n`,
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

/** All prices ever asked for these products, in their order. */
export async function listPrices(
  lane: TenantLane,
  productIds: readonly string[],
): Promise<(PriceFact & { productId: string })[]> {
  return lane.query({
    name: 'pricing_list_prices',
    text: `select product_id as "productId", fact_id as "factId", supplier_id as "supplierId", price::text,
                  payment_days as "paymentDays", valid_until::text as "validUntil", registered_at as "registeredAt"
             from engines.supplier_price_facts where tenant_id = $1 and product_id = any ($2::uuid[])
            order by registered_at, fact_id`,
    values: [lane.tenantId, productIds],
  });
}

/** The mean of what came in the last 90 days, weighted by quantity, else of the last receipt. */
export async function listReceiptCosts(
  lane: TenantLane,
  productIds: readonly string[],
): Promise<Map<string, DecimalText>> {
  const rows = await lane.query<{ product_id: string; cost: string }>({
    name: 'pricing_list_costs',
    text: `select r.product_id,
                  coalesce(sum(r.quantity * r.unit_cost) filter (where r.received_at > $3::timestamptz - interval '90 days')
                             / nullif(sum(r.quantity) filter (where r.received_at > $3::timestamptz - interval '90 days'), 0),
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
