import type { Route } from '#platform/http/routes.ts';
import type { RequestContext } from './context.ts';
import { customerRoutes } from './customers/routes.ts';
import { dashboardRoutes } from './dashboard/routes.ts';
import { insightRoutes } from './insights/routes.ts';
import { orderRoutes } from './orders/routes.ts';
import { productRoutes } from './products/routes.ts';
import { quoteRoutes } from './quotes/routes.ts';
import { settingsRoutes } from './settings/routes.ts';

/** The maps of all features. Pages live under /web, the JSON API under /api/v1; both use the same services. */
export const STORE_ROUTES: readonly Route<RequestContext>[] = [
  ...dashboardRoutes,
  ...quoteRoutes,
  ...orderRoutes,
  ...customerRoutes,
  ...productRoutes,
  ...insightRoutes,
  ...settingsRoutes,
];
