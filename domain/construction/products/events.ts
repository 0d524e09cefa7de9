import { publisherOf } from '#domain/construction/publisher.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import type { Product } from './types.ts';

const publish = publisherOf('product');

/** The product as it is now, for whoever keeps a copy of the catalogue. */
export async function publishProductUpserted(tx: StoreContext, product: Product): Promise<void> {
  await publish(tx, product, 'product_upserted', {
    product_id: product.id,
    code: product.code,
    unit: product.unit,
    base_price: product.basePrice,
    active: product.active,
  });
}

/** The base price changed; quotes and orders keep theirs. */
export async function publishPriceUpdated(tx: StoreContext, before: Product, after: Product): Promise<void> {
  await publish(tx, after, 'product_price_updated', {
    product_id: after.id,
    old_price: before.basePrice,
    new_price: after.basePrice,
    changed_by: tx.user.id,
    at: after.updatedAt.toISOString(),
  });
}
