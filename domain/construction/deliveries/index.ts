export { listDeliveriesOf } from './queries.ts';
export { completeDelivery, failDelivery, startDelivery } from './service.ts';
export type { Delivery } from './types.ts';
