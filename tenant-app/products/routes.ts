import { del, get, patch, post, type Route } from '#platform/http/routes.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { can } from '#tenant-app/guards.ts';
import * as api from './api.ts';
import * as web from './handlers.ts';

export const productRoutes: readonly Route<RequestContext>[] = [
  get('/web/products', can('product.read'), web.indexProducts),
  get('/web/products/new', can('product.edit'), web.newProductForm),
  post('/web/products', can('product.edit'), web.addProduct),
  get('/web/products/:id', can('product.read'), web.showProduct),
  post('/web/products/:id', can('product.edit'), web.saveProduct),
  post('/web/products/:id/deactivation', can('product.edit'), web.deactivateProduct),
  post('/web/products/:id/reactivation', can('product.edit'), web.reactivateProduct),

  get('/api/v1/products', can('product.read'), api.list),
  post('/api/v1/products', can('product.edit'), api.create),
  get('/api/v1/products/:id', can('product.read'), api.show),
  patch('/api/v1/products/:id', can('product.edit'), api.update),
  del('/api/v1/products/:id', can('product.edit'), api.deactivate),
  get('/api/v1/products/:id/price-history', can('product.read'), api.priceHistory),
  get('/api/v1/units', can('product.read'), api.units),
];
