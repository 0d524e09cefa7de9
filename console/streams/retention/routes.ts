import { get, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { showRetention } from './handlers.ts';

export const retentionRoutes: Route<ConsoleContext>[] = [get('/streams/retention', role('viewer'), showRetention)];
