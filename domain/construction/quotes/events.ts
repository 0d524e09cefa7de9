import type { EventItem } from '#domain/events/index.ts';
import { netUnitPrice } from '#domain/construction/money/index.ts';
import { publisherOf } from '#domain/construction/publisher.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { withNetTotals } from './lines.ts';
import type { Quote, QuoteItem } from './types.ts';

/** Publishes any event of a quote. */
export const publishQuoteEvent = publisherOf('quote');

/** One line of an event: what was sold, in the product's base unit, at the price after every discount. */
export function toEventItem(item: Pick<QuoteItem, 'productId' | 'quantity'> & { netTotal: string }): EventItem {
  return {
    product_id: item.productId,
    quantity: item.quantity,
    unit_price: netUnitPrice(item.netTotal, item.quantity),
    total: item.netTotal,
  };
}

/** The quote became one that could be sent: it has a customer and an item. */
export async function publishQuoteCreated(tx: StoreContext, quote: Quote, items: readonly QuoteItem[]): Promise<void> {
  await publishQuoteEvent(tx, quote, 'quote_created', {
    quote_id: quote.id,
    customer_id: quote.customerId!,
    user_id: quote.salespersonId,
    total: quote.total,
    discount_pct: quote.discountPct,
    items: withNetTotals(items, quote.discountTotal).map(toEventItem),
  });
}

/** The customer was offered the quote, or answered it. The table holds such a quote to a customer and a last day. */
export async function publishQuoteStep(
  tx: StoreContext,
  quote: Quote,
  type: 'quote_sent' | 'quote_approved' | 'quote_rejected',
): Promise<void> {
  await publishQuoteEvent(tx, quote, type, {
    quote_id: quote.id,
    customer_id: quote.customerId!,
    total: quote.total,
    valid_until: quote.validUntil!,
    ...(quote.rejectReason !== null && { reason: quote.rejectReason }),
  });
}
