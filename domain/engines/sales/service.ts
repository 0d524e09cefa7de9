import { WHOLE_STORE, type Engine, type Fact } from '#domain/engines/index.ts';
import { associate, beginDay } from './associations.ts';
import {
  recordCancellations,
  recordOrders,
  recordSales,
  recordStatuses,
  recordSteps,
  type QuoteFact,
} from './queries.ts';

/**
 * Sales intelligence: the funnel from quote to order, and what was sold, per day of the store; and what is bought
 * together. Each step counts once, on the day it happened first: a quote that is reopened and sent again is still one quote
 * sent. Nothing here depends on the events of different aggregates coming in any order.
 */
export const salesEngine: Engine = {
  name: 'sales',
  handlers: {
    quote_created: (lane, facts) => recordSteps(lane, 'created', facts.map(toQuoteFact)),
    quote_sent: (lane, facts) => recordSteps(lane, 'sent', facts.map(toQuoteFact)),
    quote_approved: (lane, facts) => recordSteps(lane, 'approved', facts.map(toQuoteFact)),
    quote_converted: (lane, facts) =>
      recordSteps(
        lane,
        'converted',
        facts.map(({ payload }) => ({ ...payload, at: new Date(payload.converted_at) })),
      ),
    order_created: (lane, facts) =>
      recordOrders(
        lane,
        facts.map(({ payload, event }) => ({ ...payload, at: event.occurredAt })),
      ),
    order_cancelled: (lane, facts) =>
      recordCancellations(
        lane,
        facts.map(({ payload, event }) => ({ order_id: payload.order_id, at: event.occurredAt })),
      ),
    order_status_changed: (lane, facts) =>
      recordStatuses(
        lane,
        facts.map(({ payload }) => payload),
      ),
    sale_recorded: (lane, facts) =>
      recordSales(
        lane,
        facts.map(({ payload }) => payload),
      ),
  },
  async recompute(lane, subjects) {
    if (subjects.includes(WHOLE_STORE)) await beginDay(lane);
    const productIds = subjects.filter((subject) => subject !== WHOLE_STORE);
    if (productIds.length > 0) await associate(lane, productIds);
  },
};

function toQuoteFact({ payload, event }: Fact<'quote_created' | 'quote_sent' | 'quote_approved'>): QuoteFact {
  return { quote_id: payload.quote_id, customer_id: payload.customer_id, at: event.occurredAt };
}
