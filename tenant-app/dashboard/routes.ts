import { get, type Route } from '#platform/http/routes.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { signedIn } from '#tenant-app/guards.ts';
import { getDashboard } from './api.ts';
import { showDashboard } from './handlers.ts';

/** Whoever signed in sees it; what it shows follows their permissions. */
export const dashboardRoutes: readonly Route<RequestContext>[] = [
  get('/web/dashboard', signedIn, showDashboard),
  get('/api/v1/dashboard', signedIn, getDashboard),
];
