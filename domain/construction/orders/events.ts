import { toEventItem } from '#domain/construction/quotes/index.ts';
import type { Delivery } from '#domain/construction/deliveries/index.ts';
import { publisherOf } from '#domain/construction/publisher.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import type { Order, OrderItem, OrderStatus } from './types.ts';

const publish = publisherOf('order');

/** A sale was confirmed; its lines are what may be reserved and prepared. */
export async function publishOrderCreated(tx: StoreContext, order: Order, items: readonly OrderItem[]): Promise<void> {
  await publish(tx, order, 'order_created', {
    order_id: order.id,
    ...quoteOf(order),
    customer_id: order.customerId,
    fulfilment: order.fulfilment,
    items: items.map(toEventItem),
  });
}

/** The order took a step, whichever one. */
export async function publishStatusChanged(tx: StoreContext, order: Order, oldStatus: OrderStatus): Promise<void> {
  await publish(tx, order, 'order_status_changed', {
    order_id: order.id,
    old_status: oldStatus,
    new_status: order.status,
    changed_at: order.updatedAt.toISOString(),
    changed_by: tx.user.id,
  });
}

/** The sale is off; its lines are what may be given back. */
export async function publishOrderCancelled(
  tx: StoreContext,
  order: Order,
  items: readonly OrderItem[],
): Promise<void> {
  await publish(tx, order, 'order_cancelled', {
    order_id: order.id,
    reason: order.cancelReason ?? undefined,
    items: items.map(toEventItem),
  });
}

/** The goods are the customer's. `total` is what they owe, freight included; the items add up to it less the freight. */
export async function publishSaleRecorded(
  tx: StoreContext,
  order: Order,
  { delivery, items }: { delivery: Delivery; items: readonly OrderItem[] },
): Promise<void> {
  await publish(tx, order, 'sale_recorded', {
    sale_id: delivery.id,
    order_id: order.id,
    ...quoteOf(order),
    customer_id: order.customerId,
    delivered_at: delivery.finishedAt!.toISOString(),
    total: order.total,
    items: items.map(toEventItem),
  });
}

/** An order made without a quote says nothing of one. */
function quoteOf({ quoteId }: Order): { quote_id?: string } {
  return quoteId === null ? {} : { quote_id: quoteId };
}
