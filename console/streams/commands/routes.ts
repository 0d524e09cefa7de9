import { get, post, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { ask, confirm, progress } from './handlers.ts';

export const commandRoutes: Route<ConsoleContext>[] = [
  get('/streams/commands', role('viewer'), progress),
  get('/streams/commands/new', role('operator'), confirm),
  post('/streams/commands', role('operator'), ask),
];
