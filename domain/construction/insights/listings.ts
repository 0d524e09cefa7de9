import { withTenant } from '#platform/db/index.ts';
import type { DecimalText } from '#domain/construction/money/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';

/** A product that other customers took with what is in the cart. `confidence`: the share of them who did, 0 to 1. */
export type CartSuggestion = {
  id: string;
  code: string | null;
  name: string;
  unit: string;
  basePrice: DecimalText;
  confidence: DecimalText;
  lift: DecimalText;
  priority: 'high' | 'medium' | 'low';
  explanation: string;
};

const AT_MOST = 5;

/**
 * What goes with these products, at most five: each by its best reason, the surest first. Never what is in the cart, what is
 * not sold any more, or what the store knows it has none of.
 */
export async function suggestForCart(ctx: StoreContext, productIds: readonly string[]): Promise<CartSuggestion[]> {
  return withTenant(ctx, ctx.tenantId, async ({ db, tenantId }) => {
    const { rows } = await db.raw<{ rows: CartSuggestion[] }>(CART, {
      tenantId,
      cart: [...productIds],
      limit: AT_MOST,
    });
    return rows;
  });
}

const CART = `
  with best as (
    select distinct on (s.suggested_product_id) s.*
      from engines.sales_suggestions s
     where s.tenant_id = :tenantId and s.source_product_id = any (:cart::uuid[])
       and s.suggested_product_id <> all (:cart::uuid[])
     order by s.suggested_product_id, s.confidence desc, s.lift desc)
  select p.id, p.code, p.name, p.unit, p.base_price as "basePrice", b.confidence, b.lift, b.priority, b.explanation
    from best b
    join construction.products p on p.tenant_id = :tenantId and p.id = b.suggested_product_id and p.active
   where not exists (select from engines.stock_products k
                      where k.tenant_id = :tenantId and k.product_id = p.id and k.is_tracked and k.on_hand <= k.reserved)
   order by b.confidence desc, b.lift desc, p.name
   limit :limit`;
