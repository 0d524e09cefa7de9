import { get, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { followStreams, showFigures, showHistory, showStreams } from './handlers.ts';

export const streamRoutes: Route<ConsoleContext>[] = [
  get('/streams', role('viewer'), showStreams),
  get('/streams/figures', role('viewer'), showFigures),
  get('/streams/history', role('viewer'), showHistory),
  get('/streams/live', role('viewer'), followStreams),
];
