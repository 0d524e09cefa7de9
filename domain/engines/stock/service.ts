import type { Engine } from '#domain/engines/index.ts';
import type { EventItem } from '#domain/events/index.ts';
import { WHOLE_STORE } from '#domain/engines/index.ts';
import { judgeProducts } from './judgements.ts';
import { beginDay } from './nightly.ts';
import {
  recordMovements,
  recordOnOrder,
  recordParameters,
  recordProducts,
  recordReservations,
  type Movement,
} from './queries.ts';

/**
 * Stock intelligence: what is on the shelf, how long it lasts, what to order, and what lies there for nothing. Events only
 * note facts; products they touched are judged soon after, many at once. Nothing depends on the order of events of
 * different aggregates: what is on hand is the sum of all movements, and of everything else the newest counts.
 */
export const stockEngine: Engine = {
  name: 'stock',
  handlers: {
    product_upserted: (lane, facts) =>
      recordProducts(
        lane,
        facts.map(({ payload, event }) => ({ ...payload, at: event.occurredAt })),
      ),
    sale_recorded: (lane, facts) =>
      recordMovements(
        lane,
        facts.flatMap(({ payload }) => linesOf('sale', payload.sale_id, payload.delivered_at, payload.items)),
      ),
    sale_reversed: (lane, facts) =>
      recordMovements(
        lane,
        facts.flatMap(({ payload, event }) =>
          linesOf('return', payload.return_id, event.occurredAt.toISOString(), payload.items),
        ),
      ),
    stock_received: (lane, facts) =>
      recordMovements(
        lane,
        facts.flatMap(({ payload: { receipt_id, at, items } }) =>
          items.map(({ product_id, quantity }): Movement => {
            return { product_id, fact_id: receipt_id, kind: 'receipt', delta: quantity, at };
          }),
        ),
      ),
    async stock_updated(lane, facts) {
      const updates = facts.map(({ payload }) => payload);
      // A reservation promises goods and moves none.
      const moved = updates.filter(({ kind }) => kind !== 'reserve');
      await recordMovements(
        lane,
        moved.map(({ product_id, movement_id, delta, at }) => {
          return { product_id, fact_id: movement_id, kind: 'movement', delta, at };
        }),
      );
      await recordReservations(lane, updates);
    },
    replenishment_parameters_changed: (lane, facts) =>
      recordParameters(
        lane,
        facts.map(({ payload, event }) => ({ ...payload, at: event.occurredAt })),
      ),
    purchase_order_changed: (lane, facts) =>
      recordOnOrder(
        lane,
        facts.map(({ payload: { po_id, status, items }, event }) => {
          return { po_id, items: status === 'cancelled' ? [] : items, at: event.occurredAt };
        }),
      ),
  },
  async recompute(lane, subjects) {
    if (subjects.includes(WHOLE_STORE)) await beginDay(lane);
    const productIds = subjects.filter((subject) => subject !== WHOLE_STORE);
    if (productIds.length > 0) await judgeProducts(lane, productIds);
  },
};

function linesOf(kind: 'sale' | 'return', factId: string, at: string, items: readonly EventItem[]): Movement[] {
  const [out, paid] = kind === 'sale' ? ['-', ''] : ['', '-'];
  return items.map(({ product_id, quantity, total }) => {
    return { product_id, fact_id: factId, kind, delta: negated(out, quantity), revenue: negated(paid, total), at };
  });
}

/** `sign` before a decimal text that may have one. */
function negated(sign: string, amount: string): string {
  if (sign === '') return amount;
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}
