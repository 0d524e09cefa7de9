import { isStep, type Transitions } from '#domain/construction/transitions.ts';
import type { Permission } from '#domain/construction/users/index.ts';
import type { Fulfilment, Order, OrderStatus } from './types.ts';

/** Delivered by our truck. `out_for_delivery → ready`: the goods came back. Delivered and cancelled are final. */
const DELIVERY: Transitions<OrderStatus> = {
  pending: ['preparing', 'cancelled'],
  preparing: ['ready', 'cancelled'],
  ready: ['out_for_delivery', 'cancelled'],
  out_for_delivery: ['delivered', 'ready'],
  delivered: [],
  cancelled: [],
};

/** Taken away by the customer: there is no road. */
const PICKUP: Transitions<OrderStatus> = { ...DELIVERY, ready: ['delivered', 'cancelled'], out_for_delivery: [] };

/** Which states follow which, by how the goods reach the customer. */
const ORDER_TRANSITIONS: Readonly<Record<Fulfilment, Transitions<OrderStatus>>> = {
  delivery: DELIVERY,
  pickup: PICKUP,
};

type Placed = Pick<Order, 'status' | 'fulfilment'>;

/** True when the order may go to `to`, false when it is there already. Throws Conflict `invalid_transition`. */
export function isOrderStep({ status, fulfilment }: Placed, to: OrderStatus): boolean {
  return isStep(ORDER_TRANSITIONS[fulfilment], status, to);
}

/** What it takes to bring an order from `from` to `to`. */
export function permissionFor(from: OrderStatus, to: OrderStatus): Permission {
  if (to === 'cancelled') return 'order.cancel';
  const isHandOver = to === 'out_for_delivery' || to === 'delivered' || from === 'out_for_delivery';
  return isHandOver ? 'delivery.complete' : 'order.advance';
}

/** The states that may follow, whoever asks. */
export function nextOrderStatuses({ status, fulfilment }: Placed): readonly OrderStatus[] {
  return ORDER_TRANSITIONS[fulfilment][status];
}
