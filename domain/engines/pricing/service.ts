import { WHOLE_STORE, type Engine } from '#domain/engines/index.ts';
import { beginDay, judgePrices } from './outcomes.ts';
import { recordCosts, recordPrices } from './queries.ts';

/**
 * Pricing intelligence: who sells a product to the store for how much, what changed, and what it costs. Nothing depends on
 * the order in which events come: prices are put in the order of the times at which they were registered.
 */
export const pricingEngine: Engine = {
  name: 'pricing',
  handlers: {
    supplier_price_registered: (lane, facts) =>
      recordPrices(
        lane,
        facts.map(({ payload, event }) => ({ ...payload, fact_id: event.eventId })),
      ),
    stock_received: (lane, facts) =>
      recordCosts(
        lane,
        facts.flatMap(({ payload: { receipt_id, at, items } }) => items.map((item) => ({ ...item, receipt_id, at }))),
      ),
  },
  async recompute(lane, subjects) {
    if (subjects.includes(WHOLE_STORE)) await beginDay(lane);
    const productIds = subjects.filter((subject) => subject !== WHOLE_STORE);
    if (productIds.length > 0) await judgePrices(lane, productIds);
  },
};
