import type { EventItem } from '#domain/events/index.ts';
import type { TenantContext } from '#platform/context.ts';
import type { Engine } from '#domain/engines/index.ts';
import {
  addToDay,
  insertSale,
  markOrderCancelled,
  markOrderCreated,
  markOrderStatus,
  markQuoteStep,
  type DayFigures,
  type QuoteStep,
} from './queries.ts';

/**
 * Sales intelligence: the funnel from quote to order, and what was sold, per day of the store. Each step counts once, on
 * the day it happened first: a quote that is reopened and sent again is still one quote sent. Events may come in any
 * order, so nothing here depends on another having come before.
 */
export const salesEngine: Engine = {
  name: 'sales',
  handlers: {
    quote_created: (tx, quote, event) => recordStep(tx, quote, 'created_at', event.occurredAt),
    quote_sent: (tx, quote, event) => recordStep(tx, quote, 'sent_at', event.occurredAt),
    quote_approved: (tx, quote, event) => recordStep(tx, quote, 'approved_at', event.occurredAt),
    quote_converted: (tx, quote) => recordStep(tx, quote, 'converted_at', new Date(quote.converted_at)),

    async order_created(tx, order, { occurredAt }) {
      const totals = totalsOf(order.items);
      const fact = { orderId: order.order_id, quoteId: order.quote_id, customerId: order.customer_id, totals };
      const total = await markOrderCreated(tx, fact, occurredAt);
      if (total !== undefined) await addToDay(tx, occurredAt, { orders: 1, orders_total: total });
    },

    async order_cancelled(tx, order, { occurredAt }) {
      const first = await markOrderCancelled(tx, order.order_id, occurredAt);
      if (first) await addToDay(tx, occurredAt, { orders_cancelled: 1 });
    },

    order_status_changed: (tx, change) =>
      markOrderStatus(tx, change.order_id, change.new_status, new Date(change.changed_at)),

    async sale_recorded(tx, sale) {
      const soldAt = new Date(sale.delivered_at);
      const first = await insertSale(tx, sale, soldAt);
      if (first) await addToDay(tx, soldAt, { sales: 1, revenue: sale.total });
    },
  },
};

const FIGURE_OF_STEP = {
  created_at: 'quotes_created',
  sent_at: 'quotes_sent',
  approved_at: 'quotes_approved',
  converted_at: 'quotes_converted',
} as const satisfies Record<QuoteStep, keyof DayFigures>;

type QuoteRef = { quote_id: string; customer_id: string };

async function recordStep(tx: TenantContext, quote: QuoteRef, step: QuoteStep, at: Date): Promise<void> {
  const first = await markQuoteStep(tx, { quoteId: quote.quote_id, customerId: quote.customer_id }, step, at);
  if (first) await addToDay(tx, at, { [FIGURE_OF_STEP[step]]: 1 });
}

function totalsOf(items: readonly EventItem[]): string[] {
  return items.map((item) => item.total);
}
