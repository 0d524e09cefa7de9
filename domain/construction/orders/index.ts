export { convertQuote } from './conversion.ts';
export { allowedSteps, changeOrderStatus } from './lifecycle.ts';
export { findOrderByQuote, getOrder, listOrders, type OrderDetails, type OrderSummary } from './listings.ts';
export { isOrderStep } from './policy.ts';
export { FULFILMENTS, ORDER_STATUSES, type Fulfilment, type Order, type OrderItem, type OrderStatus } from './types.ts';
