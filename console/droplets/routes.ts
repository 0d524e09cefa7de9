import { get, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { listMachines } from './handlers.ts';

export const dropletRoutes: Route<ConsoleContext>[] = [get('/droplets', role('viewer'), listMachines)];
