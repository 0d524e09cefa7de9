import { askForRecomputation, askForTonight } from '#domain/engines/index.ts';
import type { TenantLane } from '#platform/db/index.ts';

/** Sales this recent say what is bought together. */
const WINDOW = `interval '90 days'`;

/**
 * Says anew, for each of these products, what else its orders hold. An order counts once, however many deliveries it took.
 * Of the orders with `a`, confidence(a→b) is the share that has `b` too; lift is how many times more often that is than among
 * all orders. Kept are at most ten with at least five such orders, a fifth of those of `a`, and a lift above one; what is no
 * longer so goes.
 */
export async function associate(lane: TenantLane, productIds: readonly string[]): Promise<void> {
  const values = [lane.tenantId, productIds, lane.clock.now()];
  await lane.query({ name: 'sales_associations', text: ASSOCIATIONS, values });
}

const ASSOCIATIONS = `
  with source_orders as materialized (
    select distinct i.product_id, f.order_id
      from engines.sale_item_facts i join engines.sale_facts f on f.tenant_id = i.tenant_id and f.sale_id = i.sale_id
     where i.tenant_id = $1 and i.product_id = any ($2::uuid[]) and i.sold_at > $3::timestamptz - ${WINDOW}),
  sources as (select product_id, count(*) as orders from source_orders group by 1),
  pairs as materialized (
    select o.product_id as source, i.product_id as suggested, count(distinct o.order_id) as support
      from source_orders o
      join engines.sale_facts f on f.tenant_id = $1 and f.order_id = o.order_id
      join engines.sale_item_facts i on i.tenant_id = $1 and i.sale_id = f.sale_id and i.product_id <> o.product_id
     where i.sold_at > $3::timestamptz - ${WINDOW}
     group by 1, 2 having count(distinct o.order_id) >= 5),
  others as (
    select i.product_id, count(distinct f.order_id) as orders
      from (select distinct suggested from pairs) p
      join engines.sale_item_facts i on i.tenant_id = $1 and i.product_id = p.suggested
      join engines.sale_facts f on f.tenant_id = $1 and f.sale_id = i.sale_id
     where i.sold_at > $3::timestamptz - ${WINDOW} group by 1),
  all_orders as (
    select count(distinct order_id) as count from engines.sale_facts
     where tenant_id = $1 and sold_at > $3::timestamptz - ${WINDOW}),
  scored as (
    select p.source, p.suggested, p.support, s.orders,
           p.support::numeric / s.orders as confidence, p.support::numeric * n.count / (s.orders * o.orders) as lift
      from pairs p join sources s on s.product_id = p.source join others o on o.product_id = p.suggested
     cross join all_orders n),
  kept as materialized (
    select * from (
      select s.*, row_number() over (partition by s.source order by s.confidence desc, s.lift desc, s.suggested) as place
        from scored s where s.confidence >= 0.2 and s.lift > 1) r
     where r.place <= 10),
  gone as (
    delete from engines.sales_suggestions g
     where g.tenant_id = $1 and g.source_product_id = any ($2::uuid[])
       and not exists (select from kept k where k.source = g.source_product_id and k.suggested = g.suggested_product_id))
  insert into engines.sales_suggestions as g
    (tenant_id, source_product_id, suggested_product_id, support, confidence, lift, priority, explanation, computed_at)
  select $1, k.source, k.suggested, k.support, k.confidence, k.lift,
         case when k.confidence >= 0.7 then 'high' when k.confidence >= 0.4 then 'medium' else 'low' end,
         format('De %s pedidos com este produto nos últimos 90 dias, %s (%s %%) levaram também o sugerido.',
                k.orders, k.support, round(100 * k.confidence)), $3
    from kept k
  on conflict (tenant_id, source_product_id, suggested_product_id) do update
     set support = excluded.support, confidence = excluded.confidence, lift = excluded.lift,
         priority = excluded.priority, explanation = excluded.explanation, computed_at = excluded.computed_at`;

/** Orders leave the window as time passes: each night all products that were in it, or that something is suggested for. */
export async function beginDay(lane: TenantLane): Promise<void> {
  await lane.query({ name: 'sales_every_product', text: EVERY_PRODUCT, values: [lane.tenantId, lane.clock.now()] });
  await askForTonight(lane, 'sales');
}

const EVERY_PRODUCT = askForRecomputation(
  'sales',
  `select i.product_id as subject, $2::timestamptz as due_at from engines.sale_item_facts i
    where i.tenant_id = $1 and i.sold_at > $2::timestamptz - ${WINDOW}
   union
   select g.source_product_id, $2 from engines.sales_suggestions g where g.tenant_id = $1`,
);
