import { get, post, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { listAll, pause, preview, resume } from './handlers.ts';

export const pauseRoutes: Route<ConsoleContext>[] = [
  get('/streams/pauses', role('viewer'), listAll),
  get('/streams/pauses/preview', role('on_call'), preview),
  post('/streams/pauses', role('on_call'), pause),
  post('/streams/pauses/:id/resumption', role('on_call'), resume),
];
