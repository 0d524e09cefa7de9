import type { TenantLane } from '#platform/db/index.ts';
import { askForRecomputation, WHOLE_STORE } from '#domain/engines/index.ts';

/**
 * Each function writes what one tenant's events told, in one statement, and asks for the products it touched to be judged
 * again. `facts` travel as one JSON array ($2), beside the tenant ($1) and the time ($3). Rows are written in the order of
 * their products, so that two transactions never wait crosswise.
 */
async function write(lane: TenantLane, what: string, text: string, facts: readonly object[]): Promise<void> {
  if (facts.length === 0) return;
  await lane.query({
    name: `stock_${what}`,
    text,
    values: [lane.tenantId, JSON.stringify(facts), lane.clock.now()],
  });
}

const ASK = askForRecomputation(
  'stock',
  `select distinct touched.product_id as subject, $3::timestamptz as due_at from touched
   union all
   select '${WHOLE_STORE}', $3::timestamptz where exists (select from touched)`,
);

export type Movement = {
  product_id: string;
  fact_id: string;
  kind: 'sale' | 'return' | 'receipt' | 'movement';
  delta: string;
  revenue?: string;
  at: string;
};

/** Goods that went out or came in. What is known already counts nothing; several lines of one product are one movement. */
export async function recordMovements(lane: TenantLane, movements: readonly Movement[]): Promise<void> {
  await write(lane, 'movements', MOVEMENTS, movements);
}

const MOVEMENTS = `
  with told as (
    select x.product_id, x.fact_id, x.kind, sum(x.delta) as delta, sum(coalesce(x.revenue, 0)) as revenue, min(x.at) as at
      from jsonb_to_recordset($2::jsonb)
        as x (product_id uuid, fact_id uuid, kind text, delta numeric, revenue numeric, at timestamptz)
     group by 1, 2, 3),
  noted as (
    insert into engines.stock_facts (tenant_id, product_id, fact_id, kind, delta, revenue, happened_at)
    select $1, t.product_id, t.fact_id, t.kind, t.delta, t.revenue, t.at from told t order by t.product_id, t.fact_id
    on conflict do nothing returning product_id, kind, delta, happened_at),
  touched as (
    insert into engines.stock_products as p (tenant_id, product_id, on_hand, is_tracked, first_fact_at, last_sold_at)
    select $1, n.product_id, sum(n.delta), bool_or(n.kind in ('receipt', 'movement')), min(n.happened_at),
           max(n.happened_at) filter (where n.kind = 'sale')
      from noted n group by 2 order by 2
    on conflict (tenant_id, product_id) do update
       set on_hand = p.on_hand + excluded.on_hand, is_tracked = p.is_tracked or excluded.is_tracked,
           first_fact_at = least(p.first_fact_at, excluded.first_fact_at),
           last_sold_at = greatest(p.last_sold_at, excluded.last_sold_at)
    returning product_id)
  ${ASK}`;

type Reservation = { product_id: string; reserved: string; at: string };

/** How much of each product the store has promised to others. The newest news counts, whenever it comes. */
export async function recordReservations(lane: TenantLane, facts: readonly Reservation[]): Promise<void> {
  await write(lane, 'reservations', RESERVATIONS, facts);
}

const RESERVATIONS = `
  with told as (
    select distinct on (x.product_id) x.product_id, x.reserved, x.at
      from rows from (jsonb_to_recordset($2::jsonb) as (product_id uuid, reserved numeric, at timestamptz))
           with ordinality as x (product_id, reserved, at, position)
     order by x.product_id, x.at desc, x.position desc),
  touched as (
    insert into engines.stock_products as p (tenant_id, product_id, reserved, reserved_at, first_fact_at)
    select $1, t.product_id, t.reserved, t.at, t.at from told t order by t.product_id
    on conflict (tenant_id, product_id) do update
       set reserved = excluded.reserved, reserved_at = excluded.reserved_at,
           first_fact_at = least(p.first_fact_at, excluded.first_fact_at)
     where p.reserved_at is null or p.reserved_at <= excluded.reserved_at
    returning product_id)
  ${ASK}`;

type ProductFact = { product_id: string; active: boolean; at: Date };

export async function recordProducts(lane: TenantLane, facts: readonly ProductFact[]): Promise<void> {
  await write(lane, 'products', PRODUCTS, facts);
}

const PRODUCTS = `
  with told as (
    select distinct on (x.product_id) x.product_id, x.active, x.at
      from rows from (jsonb_to_recordset($2::jsonb) as (product_id uuid, active boolean, at timestamptz))
           with ordinality as x (product_id, active, at, position)
     order by x.product_id, x.at desc, x.position desc),
  touched as (
    insert into engines.stock_products as p (tenant_id, product_id, active, upserted_at)
    select $1, t.product_id, t.active, t.at from told t order by t.product_id
    on conflict (tenant_id, product_id) do update set active = excluded.active, upserted_at = excluded.upserted_at
     where p.upserted_at is null or p.upserted_at <= excluded.upserted_at
    returning product_id)
  ${ASK}`;

type Parameters = {
  product_id: string;
  lead_time_days: number;
  safety_pct: string;
  min?: string | null | undefined;
  max?: string | null | undefined;
  at: Date;
};

/** What the store has set for a product, in place of what is reckoned. */
export async function recordParameters(lane: TenantLane, facts: readonly Parameters[]): Promise<void> {
  await write(lane, 'parameters', PARAMETERS, facts);
}

const PARAMETERS = `
  with told as (
    select distinct on (x.product_id) x.*
      from rows from (jsonb_to_recordset($2::jsonb)
             as (product_id uuid, lead_time_days int, safety_pct numeric, min numeric, max numeric, at timestamptz))
           with ordinality as x (product_id, lead_time_days, safety_pct, min, max, at, position)
     order by x.product_id, x.at desc, x.position desc),
  touched as (
    insert into engines.stock_products as p
      (tenant_id, product_id, lead_time_days, safety_pct, minimum_override, maximum_override, parameters_at)
    select $1, t.product_id, t.lead_time_days, t.safety_pct, t.min, t.max, t.at from told t order by t.product_id
    on conflict (tenant_id, product_id) do update
       set lead_time_days = excluded.lead_time_days, safety_pct = excluded.safety_pct,
           minimum_override = excluded.minimum_override, maximum_override = excluded.maximum_override,
           parameters_at = excluded.parameters_at
     where p.parameters_at is null or p.parameters_at <= excluded.parameters_at
    returning product_id)
  ${ASK}`;

type PurchaseOrder = { po_id: string; items: readonly { product_id: string; open_qty: string }[]; at: Date };

/** What suppliers still have to bring: of each purchase order all that is open, so a line it names no more has come or is off. */
export async function recordOnOrder(lane: TenantLane, facts: readonly PurchaseOrder[]): Promise<void> {
  await write(lane, 'on_order', ON_ORDER, facts);
}

const ON_ORDER = `
  with told as (
    select distinct on (x.po_id) x.po_id, x.items, x.at
      from rows from (jsonb_to_recordset($2::jsonb) as (po_id uuid, items jsonb, at timestamptz))
           with ordinality as x (po_id, items, at, position)
     order by x.po_id, x.at desc, x.position desc),
  lines as (
    select t.po_id, l.product_id, sum(l.open_qty) as open_qty, t.at
      from told t cross join lateral jsonb_to_recordset(t.items) as l (product_id uuid, open_qty numeric) group by 1, 2, 4),
  closed as (
    update engines.stock_on_order o set open_quantity = 0, told_at = t.at from told t
     where o.tenant_id = $1 and o.purchase_order_id = t.po_id and o.told_at <= t.at and o.open_quantity > 0
       and not exists (select from lines l where l.po_id = t.po_id and l.product_id = o.product_id)
    returning o.product_id),
  noted as (
    insert into engines.stock_on_order as o (tenant_id, product_id, purchase_order_id, open_quantity, told_at)
    select $1, l.product_id, l.po_id, l.open_qty, l.at from lines l order by l.product_id, l.po_id
    on conflict (tenant_id, product_id, purchase_order_id) do update
       set open_quantity = excluded.open_quantity, told_at = excluded.told_at
     where o.told_at <= excluded.told_at
    returning product_id),
  touched as (
    insert into engines.stock_products as p (tenant_id, product_id)
    select distinct $1::uuid, n.product_id from (select * from noted union select * from closed) n order by 2
    on conflict (tenant_id, product_id) do update set product_id = p.product_id
    returning product_id)
  ${ASK}`;
