import { del, get, patch, post, type Route } from '#platform/http/routes.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { can } from '#tenant-app/guards.ts';
import * as api from './api.ts';
import * as web from './handlers.ts';

export const customerRoutes: readonly Route<RequestContext>[] = [
  get('/web/customers', can('customer.read'), web.indexCustomers),
  get('/web/customers/new', can('customer.create'), web.newCustomerForm),
  post('/web/customers', can('customer.create'), web.addCustomer),
  get('/web/customers/:id', can('customer.read'), web.showCustomer),
  post('/web/customers/:id', can('customer.edit'), web.saveCustomer),
  post('/web/customers/:id/deactivation', can('customer.edit'), web.deactivateCustomer),
  post('/web/customers/:id/reactivation', can('customer.edit'), web.reactivateCustomer),

  get('/api/v1/customers', can('customer.read'), api.list),
  post('/api/v1/customers', can('customer.create'), api.create),
  get('/api/v1/customers/:id', can('customer.read'), api.show),
  patch('/api/v1/customers/:id', can('customer.edit'), api.update),
  del('/api/v1/customers/:id', can('customer.edit'), api.deactivate),
];
