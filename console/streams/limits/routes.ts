import { get, post, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { end, limit, listAll } from './handlers.ts';

export const limitRoutes: Route<ConsoleContext>[] = [
  get('/streams/limits', role('viewer'), listAll),
  post('/streams/limits', role('on_call'), limit),
  post('/streams/limits/:id/end', role('on_call'), end),
];
