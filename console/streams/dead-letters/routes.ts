import { get, post, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { listAll, mend, replay, replayMany, show, skip } from './handlers.ts';

export const deadLetterRoutes: Route<ConsoleContext>[] = [
  get('/streams/dead-letters', role('viewer'), listAll),
  post('/streams/dead-letters/replays', role('on_call'), replayMany),
  get('/streams/dead-letters/:id', role('viewer'), show),
  post('/streams/dead-letters/:id/replay', role('on_call'), replay),
  post('/streams/dead-letters/:id/mending', role('operator'), mend),
  post('/streams/dead-letters/:id/skip', role('operator'), skip),
];
