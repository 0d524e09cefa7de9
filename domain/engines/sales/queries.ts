import { askForRecomputation, WHOLE_STORE } from '#domain/engines/index.ts';
import type { TenantLane } from '#platform/db/index.ts';

/**
 * Each function writes facts of one tenant and adds those that are new to the figures of their days, in one statement: a
 * fact that is known already counts nothing. `facts` travel as one JSON array, whatever their number. Where a fact comes
 * twice in it, the first counts. $1 is the tenant, $2 the facts, $3 the time. Days are written in their order, so that two
 * transactions never wait crosswise.
 */

/** A store that was removed meanwhile has no time zone any more; its last events still belong to some day. */
const DAY = (at: string) => `(${at} at time zone coalesce(
  (select t.timezone from platform.tenants t where t.id = $1), 'America/Sao_Paulo'))::date`;

const addToDays = (noted: string, figures: Record<string, string>) => {
  const columns = Object.keys(figures);
  return `
  insert into engines.sales_daily as d (tenant_id, day, computed_at, ${columns.join(', ')})
  select $1, ${DAY('n.at')}, $3, ${Object.values(figures).join(', ')} from ${noted} n group by 2 order by 2
  on conflict (tenant_id, day) do update set computed_at = excluded.computed_at,
    ${columns.map((column) => `${column} = d.${column} + excluded.${column}`).join(', ')}`;
};

async function write(lane: TenantLane, what: string, sql: string, facts: readonly object[]): Promise<void> {
  const values = [lane.tenantId, JSON.stringify(facts), lane.clock.now()];
  await lane.query({ name: `sales_${what}`, text: sql, values });
}

type QuoteStep = 'created' | 'sent' | 'approved' | 'converted';
export type QuoteFact = { quote_id: string; customer_id: string; at: Date };

/** Notes when quotes first took a step. */
export async function recordSteps(lane: TenantLane, step: QuoteStep, facts: readonly QuoteFact[]): Promise<void> {
  await write(lane, step, STEPS[step], facts);
}

const recordStep = (step: QuoteStep) => `
  with noted as (
    insert into engines.quote_facts as f (tenant_id, quote_id, customer_id, ${step}_at)
    select distinct on (x.quote_id) $1, x.quote_id, x.customer_id, x.at
      from jsonb_to_recordset($2::jsonb) as x (quote_id uuid, customer_id uuid, at timestamptz)
     order by x.quote_id, x.at
    on conflict (tenant_id, quote_id) do update set ${step}_at = excluded.${step}_at where f.${step}_at is null
    returning ${step}_at as at)
  ${addToDays('noted', { [`quotes_${step}`]: 'count(*)' })}`;

const STEPS: Record<QuoteStep, string> = {
  created: recordStep('created'),
  sent: recordStep('sent'),
  approved: recordStep('approved'),
  converted: recordStep('converted'),
};

type OrderFact = {
  order_id: string;
  quote_id?: string | undefined;
  customer_id: string;
  items: readonly { total: string }[];
  at: Date;
};

/** Notes new orders with the sums of their lines. */
export async function recordOrders(lane: TenantLane, facts: readonly OrderFact[]): Promise<void> {
  await write(lane, 'orders', ORDERS, facts);
}

const ORDERS = `
  with noted as (
    insert into engines.order_facts as f (tenant_id, order_id, quote_id, customer_id, created_at, total)
    select distinct on (x.order_id) $1, x.order_id, x.quote_id, x.customer_id, x.at,
           (select coalesce(sum((i ->> 'total')::numeric), 0) from jsonb_array_elements(x.items) i)
      from jsonb_to_recordset($2::jsonb)
           as x (order_id uuid, quote_id uuid, customer_id uuid, at timestamptz, items jsonb)
     order by x.order_id, x.at
    on conflict (tenant_id, order_id) do update
       set quote_id = excluded.quote_id, customer_id = excluded.customer_id, created_at = excluded.created_at,
           total = excluded.total
     where f.created_at is null
    returning created_at as at, total)
  ${addToDays('noted', { orders: 'count(*)', orders_total: 'sum(n.total)' })}`;

export async function recordCancellations(
  lane: TenantLane,
  facts: readonly { order_id: string; at: Date }[],
): Promise<void> {
  await write(lane, 'cancellations', CANCELLATIONS, facts);
}

const CANCELLATIONS = `
  with noted as (
    insert into engines.order_facts as f (tenant_id, order_id, cancelled_at)
    select distinct on (x.order_id) $1, x.order_id, x.at
      from jsonb_to_recordset($2::jsonb) as x (order_id uuid, at timestamptz) order by x.order_id, x.at
    on conflict (tenant_id, order_id) do update set cancelled_at = excluded.cancelled_at where f.cancelled_at is null
    returning cancelled_at as at)
  ${addToDays('noted', { orders_cancelled: 'count(*)' })}`;

/** Keeps the newest status, whichever event came last. */
export async function recordStatuses(
  lane: TenantLane,
  facts: readonly { order_id: string; new_status: string; changed_at: string }[],
): Promise<void> {
  await lane.query({ name: 'sales_statuses', text: STATUSES, values: [lane.tenantId, JSON.stringify(facts)] });
}

const STATUSES = `
  insert into engines.order_facts as f (tenant_id, order_id, status, status_at)
  select distinct on (x.order_id) $1, x.order_id, x.new_status, x.changed_at
    from rows from (jsonb_to_recordset($2::jsonb) as (order_id uuid, new_status text, changed_at timestamptz))
         with ordinality as x (order_id, new_status, changed_at, position)
   order by x.order_id, x.changed_at desc, x.position desc
  on conflict (tenant_id, order_id) do update set status = excluded.status, status_at = excluded.status_at
   where f.status_at is null or f.status_at <= excluded.status_at`;

type SaleFact = {
  sale_id: string;
  order_id: string;
  quote_id?: string | undefined;
  customer_id: string;
  total: string;
  delivered_at: string;
  items: readonly object[];
};

/** What is bought together takes more than an event: it is worked out for all that is sold within some minutes. */
const ASK = askForRecomputation(
  'sales',
  `select distinct l.product_id as subject, $3::timestamptz + interval '5 minutes' as due_at from lines l
   union all
   select '${WHOLE_STORE}', $3::timestamptz where exists (select from lines)`,
);

/** Notes sales and their lines. */
export async function recordSales(lane: TenantLane, facts: readonly SaleFact[]): Promise<void> {
  await write(lane, 'sales', SALES, facts);
}

const SALES = `
  with told as (
    select distinct on (x.sale_id) * from jsonb_to_recordset($2::jsonb)
        as x (sale_id uuid, order_id uuid, quote_id uuid, customer_id uuid, total numeric, delivered_at timestamptz, items jsonb)
     order by x.sale_id),
  noted as (
    insert into engines.sale_facts (tenant_id, sale_id, order_id, quote_id, customer_id, total, sold_at)
    select $1, t.sale_id, t.order_id, t.quote_id, t.customer_id, t.total, t.delivered_at from told t
    on conflict do nothing
    returning sale_id, sold_at as at, total),
  lines as (
    insert into engines.sale_item_facts
      (tenant_id, sale_id, position, product_id, quantity, unit_price, total, sold_at)
    select $1, n.sale_id, i.position, (i.item ->> 'product_id')::uuid, (i.item ->> 'quantity')::numeric,
           (i.item ->> 'unit_price')::numeric, (i.item ->> 'total')::numeric, n.at
      from noted n join told t using (sale_id)
     cross join lateral jsonb_array_elements(t.items) with ordinality as i (item, position)
    returning product_id),
  asked as (${ASK})
  ${addToDays('noted', { sales: 'count(*)', revenue: 'sum(n.total)' })}`;
