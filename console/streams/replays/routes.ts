import { get, post, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { cancel, listAll, preview, progress, start } from './handlers.ts';

export const replayRoutes: Route<ConsoleContext>[] = [
  get('/streams/replays', role('viewer'), listAll),
  get('/streams/replays/list', role('viewer'), progress),
  get('/streams/replays/preview', role('operator'), preview),
  post('/streams/replays', role('operator'), start),
  post('/streams/replays/:id/cancellation', role('on_call'), cancel),
];
