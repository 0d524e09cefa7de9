import { maskDocument } from '#domain/construction/customers/index.ts';
import { compareDecimals } from '#domain/construction/money/index.ts';
import type { Order } from '#domain/construction/orders/index.ts';
import type { QuoteDetails, QuoteItem, QuoteStep } from '#domain/construction/quotes/index.ts';
import type { View } from '#tenant-app/forms/refusal.ts';
import { presentStatus } from './presenter.ts';

type Options = { view: View; steps: QuoteStep[]; order: Order | undefined };

/** A quote that can no longer be changed: what was offered, where it stands, and what may come next. */
export function presentOffer(details: QuoteDetails, { view, steps, order }: Options) {
  const { quote, status, customer, items } = details;
  const { t, format } = view;
  const validUntil = quote.validUntil === null ? undefined : format.calendarDay(quote.validUntil);
  return {
    id: quote.id,
    number: quote.number,
    status: presentStatus(status, view),
    customer: customer && {
      name: customer.name,
      document: customer.document === null ? '' : maskDocument(customer.document),
      href: `/web/customers/${customer.id}`,
    },
    facts: [
      { label: t('sales:salesperson'), value: details.salespersonName },
      ...(validUntil ? [{ label: t('quotes:valid_until'), value: validUntil }] : []),
      ...(quote.notes ? [{ label: t('sales:notes'), value: quote.notes }] : []),
      ...reasonOf(details, t),
    ],
    lines: items.map((item) => presentLine(item, view)),
    totals: {
      subtotal: format.money(quote.subtotal),
      discount: compareDecimals(quote.discountTotal, '0') === 0 ? undefined : format.money(quote.discountTotal),
      discountPct: format.quantity(quote.discountPct),
      freight: compareDecimals(quote.freight, '0') === 0 ? undefined : format.money(quote.freight),
      total: format.money(quote.total),
    },
    may: {
      approve: steps.includes('approved'),
      reject: steps.includes('rejected'),
      convert: steps.includes('converted'),
      cancel: steps.includes('cancelled'),
    },
    // Paid freight means delivery; but what would be refused for want of an address is not proposed.
    fulfilment: customer?.isDeliverable && compareDecimals(quote.freight, '0') > 0 ? 'delivery' : 'pickup',
    addressHref: customer && !customer.isDeliverable ? addressHref(customer.id, quote.id) : undefined,
    order: order && { href: `/web/orders/${order.id}`, number: order.number },
  };
}

/** There and back: who fills in the address was about to make an order of the quote. */
function addressHref(customerId: string, quoteId: string): string {
  return `/web/customers/${customerId}?${new URLSearchParams({ next: `/web/quotes/${quoteId}` })}`;
}

function reasonOf({ quote }: QuoteDetails, t: View['t']) {
  const reason = quote.cancelReason ?? quote.rejectReason;
  return reason === null ? [] : [{ label: t('sales:reason'), value: reason }];
}

type Line = Pick<QuoteItem, 'description' | 'unit' | 'quantity' | 'unitPrice' | 'discountPct' | 'lineTotal'>;

/** A line of a quote or of an order, as it is read. */
export function presentLine(item: Line, { format }: View) {
  return {
    description: item.description,
    quantity: `${format.quantity(item.quantity)} ${format.unit(item.unit)}`,
    unitPrice: format.unitPrice(item.unitPrice),
    discount: compareDecimals(item.discountPct, '0') === 0 ? '' : `−${format.quantity(item.discountPct)} %`,
    total: format.money(item.lineTotal),
  };
}
