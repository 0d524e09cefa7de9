import { get, type Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { listRecords } from './handlers.ts';

export const auditRoutes: Route<ConsoleContext>[] = [get('/audit', role('viewer'), listRecords)];
