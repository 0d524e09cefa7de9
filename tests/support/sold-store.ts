import { convertQuote, changeOrderStatus } from '#domain/construction/orders/index.ts';
import { changeProduct } from '#domain/construction/products/index.ts';
import { getQuote } from '#domain/construction/quotes/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { aCustomer, aDraft, anApprovedQuote, aProduct } from './sales.ts';

/** What stands in every name of a sold store, so that a test can look for it where it must not be. */
export const SECRET_NAME = 'Segredo da Casa';

export type SoldStore = { customers: string; products: string; quotes: string; items: string; orders: string };

/** Fills a store with one of everything it can have; returns the id to use in addresses, by their segment. */
export async function fillStore(ctx: StoreContext): Promise<SoldStore> {
  const customer = await aCustomer(ctx, { name: SECRET_NAME, document: '52998224725' });
  const product = await aProduct(ctx, { name: SECRET_NAME });
  await changeProduct(ctx, product.id, { changes: { basePrice: '99.00' } });
  const draft = await aDraft(ctx);
  const order = await convertQuote(ctx, (await anApprovedQuote(ctx)).id, {});
  for (const to of ['preparing', 'ready', 'delivered'] as const) await changeOrderStatus(ctx, order.id, { to });
  const { items } = await getQuote(ctx, draft.id);
  return { customers: customer.id, products: product.id, quotes: draft.id, items: items[0]!.id, orders: order.id };
}
