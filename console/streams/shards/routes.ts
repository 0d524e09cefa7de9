import { get, post, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { change, show } from './handlers.ts';

export const shardRoutes: Route<ConsoleContext>[] = [
  get('/streams/shards', role('viewer'), show),
  post('/streams/shards', role('operator'), change),
];
