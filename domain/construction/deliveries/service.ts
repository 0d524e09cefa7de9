import { newId } from '#platform/ids.ts';
import { takeNumber } from '#domain/construction/numbering/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { finishDelivery, insertDelivery, lockOpenDelivery } from './queries.ts';
import type { Delivery } from './types.ts';

/** The goods leave the yard. The caller holds the order's lock. */
export async function startDelivery(tx: StoreContext, orderId: string): Promise<Delivery> {
  return insertDelivery(tx, {
    id: newId(),
    number: await takeNumber(tx, 'delivery'),
    orderId,
    status: 'in_transit',
    startedAt: tx.clock.now(),
    finishedAt: null,
  });
}

/** The goods came back: nobody was there, or the address was wrong. */
export async function failDelivery(tx: StoreContext, orderId: string): Promise<void> {
  const delivery = await lockOpenDelivery(tx, orderId);
  if (delivery) await finishDelivery(tx, delivery, 'failed');
}

/**
 * The customer has the goods: finishes the delivery that is on the road, or notes the hand-over at the counter. The
 * caller holds the order's lock and does this once per order, so there is one sale.
 */
export async function completeDelivery(tx: StoreContext, orderId: string): Promise<Delivery> {
  const delivery = (await lockOpenDelivery(tx, orderId)) ?? (await startDelivery(tx, orderId));
  return finishDelivery(tx, delivery, 'completed');
}
