import { get, post, type Route } from '#platform/http/routes.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { can } from '#tenant-app/guards.ts';
import * as api from './api.ts';
import * as web from './handlers.ts';

/** Each state asks for a permission of its own (orders/policy.ts), so the service guards the step; here, who may see. */
export const orderRoutes: readonly Route<RequestContext>[] = [
  get('/web/orders', can('order.read'), web.indexOrders),
  get('/web/orders/:id', can('order.read'), web.showOrder),
  post('/web/orders/:id/status', can('order.read'), web.advanceOrder),

  get('/api/v1/orders', can('order.read'), api.list),
  get('/api/v1/orders/:id', can('order.read'), api.show),
  post('/api/v1/orders/:id/status', can('order.read'), api.changeStatus),
];
