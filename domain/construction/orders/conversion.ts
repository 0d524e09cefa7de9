import { withTenant } from '#platform/db/index.ts';
import { InvalidInput } from '#platform/errors.ts';
import { recordStoreAudit } from '#domain/construction/audit/index.ts';
import { getCustomer, isDeliverable, type Address } from '#domain/construction/customers/index.ts';
import { compareDecimals } from '#domain/construction/money/index.ts';
import { takeNumber } from '#domain/construction/numbering/index.ts';
import { lockForConversion, markConverted } from '#domain/construction/quotes/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { publishOrderCreated } from './events.ts';
import { findOrderOfQuote, insertOrder, insertOrderItems } from './queries.ts';
import type { Fulfilment, Order } from './types.ts';

/**
 * Makes an order of an approved quote. However often and however many at once ask, there is one order and everybody gets
 * it. Without a `fulfilment`, a quote with freight is delivered and one without is taken away. Throws Conflict
 * `invalid_transition` when the quote is not approved or its validity is over, InvalidInput `delivery_address_missing`.
 */
export async function convertQuote(
  ctx: StoreContext,
  quoteId: string,
  wanted: { fulfilment?: Fulfilment | undefined },
): Promise<Order> {
  return withTenant(ctx, ctx.tenantId, async (tx) => {
    const source = await lockForConversion(tx, quoteId);
    // A converted quote has its order: both were written in one transaction.
    if (!source.isStep) return (await findOrderOfQuote(tx, quoteId))!;
    const hasFreight = compareDecimals(source.quote.freight, '0') > 0;
    const fulfilment = wanted.fulfilment ?? (hasFreight ? 'delivery' : 'pickup');
    const deliveryAddress = fulfilment === 'delivery' ? await addressOf(tx, source.quote.customerId) : null;
    const number = await takeNumber(tx, 'order');
    const order = await insertOrder(tx, { number, source, fulfilment, deliveryAddress });
    const items = await insertOrderItems(tx, order.id, source.items);
    await markConverted(tx, source, order.id);
    const after = { number, quoteId, total: order.total, fulfilment };
    await recordStoreAudit(tx, { action: 'order.created', entity: 'order', entityId: order.id, after });
    await publishOrderCreated(tx, order, items);
    return order;
  });
}

async function addressOf(tx: StoreContext, customerId: string): Promise<Address> {
  const { street, streetNumber, complement, district, city, state, cep } = await getCustomer(tx, customerId);
  if (!isDeliverable({ street, city }))
    throw new InvalidInput('delivery_address_missing', 'The customer has no address to deliver to.', {
      fields: [
        { path: 'fulfilment', code: 'delivery_address_missing', message: 'The customer has no address to deliver to.' },
      ],
    });
  return { street, streetNumber, complement, district, city, state, cep };
}
