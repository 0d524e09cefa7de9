import { get, post, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { acknowledge, listAll, mute, test, unmute } from './handlers.ts';

export const alertRoutes: Route<ConsoleContext>[] = [
  get('/alerts', role('viewer'), listAll),
  post('/alerts/mutes', role('on_call'), mute),
  post('/alerts/mutes/:id/end', role('on_call'), unmute),
  post('/alerts/tests', role('on_call'), test),
  post('/alerts/:id/acknowledgement', role('on_call'), acknowledge),
];
