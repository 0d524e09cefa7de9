import { post, type Route } from '#platform/http/routes.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { can } from '#tenant-app/guards.ts';
import * as api from './api.ts';

export const insightRoutes: readonly Route<RequestContext>[] = [
  post('/api/v1/insights/sales/cart-suggestions', can('insights.sales'), api.cartSuggestions),
];
