import { get, post, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { confirmDeactivation, deactivate } from './deactivations.ts';
import { invite, listPeople, newOperator, reset, setRole } from './handlers.ts';

export const operatorRoutes: Route<ConsoleContext>[] = [
  get('/operators', role('viewer'), listPeople),
  get('/operators/new', role('admin'), newOperator),
  post('/operators', role('admin'), invite),
  post('/operators/:id/role', role('admin'), setRole),
  get('/operators/:id/deactivation', role('admin'), confirmDeactivation),
  post('/operators/:id/deactivation', role('admin'), deactivate),
  post('/operators/:id/one-time-password', role('admin'), reset),
];
