import { get, patch, post, put, type Route } from '#platform/http/routes.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { can } from '#tenant-app/guards.ts';
import * as api from './api.ts';
import * as draft from './draft-handlers.ts';
import * as web from './handlers.ts';
import * as step from './step-handlers.ts';

export const quoteRoutes: readonly Route<RequestContext>[] = [
  get('/web/quotes', can('quote.read'), web.indexQuotes),
  get('/web/quotes/new', can('quote.create'), web.newQuotePage),
  post('/web/quotes', can('quote.create'), web.openDraft),
  get('/web/quotes/:id', can('quote.read'), web.showQuote),
  post('/web/quotes/:id', can('quote.create'), draft.saveTerms),
  get('/web/quotes/:id/customers', can('quote.create'), draft.searchCustomers),
  post('/web/quotes/:id/customer', can('quote.create'), draft.chooseCustomer),
  post('/web/quotes/:id/walk-in', can('quote.create'), draft.chooseWalkIn),
  get('/web/quotes/:id/products', can('quote.create'), draft.searchProducts),
  post('/web/quotes/:id/items', can('quote.create'), draft.addLine),
  post('/web/quotes/:id/items/:itemId', can('quote.create'), draft.changeLine),
  post('/web/quotes/:id/items/:itemId/removal', can('quote.create'), draft.removeLine),
  post('/web/quotes/:id/sending', can('quote.create'), step.send),
  post('/web/quotes/:id/approval', can('quote.approve'), step.approve),
  post('/web/quotes/:id/rejection', can('quote.approve'), step.reject),
  post('/web/quotes/:id/cancellation', can('quote.create'), step.cancel),
  post('/web/quotes/:id/order', can('order.create'), step.convert),

  get('/api/v1/quotes', can('quote.read'), api.list),
  post('/api/v1/quotes', can('quote.create'), api.create),
  post('/api/v1/quotes/preview', can('quote.create'), api.preview),
  get('/api/v1/quotes/:id', can('quote.read'), api.show),
  patch('/api/v1/quotes/:id', can('quote.create'), api.update),
  put('/api/v1/quotes/:id/items', can('quote.create'), api.putItems),
  post('/api/v1/quotes/:id/send', can('quote.create'), api.send),
  post('/api/v1/quotes/:id/approve', can('quote.approve'), api.approve),
  post('/api/v1/quotes/:id/reject', can('quote.approve'), api.reject),
  post('/api/v1/quotes/:id/cancel', can('quote.create'), api.cancel),
  post('/api/v1/quotes/:id/convert', can('order.create'), api.convert),
];
