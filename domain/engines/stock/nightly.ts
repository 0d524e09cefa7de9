import type { TenantLane } from '#platform/db/index.ts';
import { askForRecomputation, askForTonight } from '#domain/engines/index.ts';

/**
 * What changes only because time passes, once a night of the store: its classes; every product is to be judged again; and
 * the next night is asked for.
 */
export async function beginDay(lane: TenantLane): Promise<void> {
  const values = [lane.tenantId, lane.clock.now()];
  await lane.query({ name: 'stock_classes', text: CLASSES, values });
  await lane.query({ name: 'stock_every_product', text: EVERY_PRODUCT, values });
  await askForTonight(lane, 'stock');
}

/**
 * ABC by the revenue of twelve months, the largest first: a product is A while those before it make less than 80 % of the
 * revenue, B while less than 95 %, else C, as is what sold nothing.
 */
const CLASSES = `
  with revenue as (
    select p.product_id, greatest(0, coalesce(sum(f.revenue), 0)) as revenue
      from engines.stock_products p
      left join engines.stock_facts f on f.tenant_id = p.tenant_id and f.product_id = p.product_id
            and f.happened_at > $2::timestamptz - interval '12 months'
     where p.tenant_id = $1 group by 1),
  placed as (
    select r.*, coalesce(sum(r.revenue) over (order by r.revenue desc, r.product_id
                                              rows between unbounded preceding and 1 preceding), 0)
                / nullif(sum(r.revenue) over (), 0) as before
      from revenue r)
  insert into engines.product_classes as c (tenant_id, product_id, class, revenue, share_before, computed_at)
  select $1, p.product_id,
         case when p.revenue = 0 then 'C' when p.before < 0.8 then 'A' when p.before < 0.95 then 'B' else 'C' end,
         p.revenue, coalesce(p.before, 1), $2
    from placed p
  on conflict (tenant_id, product_id) do update
     set class = excluded.class, revenue = excluded.revenue, share_before = excluded.share_before,
         computed_at = excluded.computed_at`;

const EVERY_PRODUCT = askForRecomputation(
  'stock',
  `select p.product_id as subject, $2::timestamptz as due_at from engines.stock_products p where p.tenant_id = $1`,
);
