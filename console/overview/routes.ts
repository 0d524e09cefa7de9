import { get, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { showOverview } from './handlers.ts';

export const overviewRoutes: Route<ConsoleContext>[] = [get('/', role('viewer'), showOverview)];
