import type { Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from './context.ts';
import type { Authenticator } from './sessions/authenticator.ts';
import { sessionRoutes } from './sessions/routes.ts';
import { alertRoutes } from './alerts/routes.ts';
import { auditRoutes } from './audit/routes.ts';
import { dropletRoutes } from './droplets/routes.ts';
import { edgeRoutes } from './edge/routes.ts';
import { operatorRoutes } from './operators/routes.ts';
import { jobRoutes } from './jobs/routes.ts';
import { overviewRoutes } from './overview/routes.ts';
import { tenantRoutes } from './tenants/routes.ts';
import { scheduleRoutes } from './schedules/routes.ts';
import { commandRoutes } from './streams/commands/routes.ts';
import { deadLetterRoutes } from './streams/dead-letters/routes.ts';
import { limitRoutes } from './streams/limits/routes.ts';
import { pauseRoutes } from './streams/pauses/routes.ts';
import { replayRoutes } from './streams/replays/routes.ts';
import { retentionRoutes } from './streams/retention/routes.ts';
import { shardRoutes } from './streams/shards/routes.ts';
import { streamRoutes } from './streams/routes.ts';

/** Every page of the console, by the map of its feature. */
export function pageRoutes(authenticator: Authenticator): Route<ConsoleContext>[] {
  return [
    ...sessionRoutes(authenticator),
    ...overviewRoutes,
    ...tenantRoutes,
    ...edgeRoutes,
    ...jobRoutes,
    ...scheduleRoutes,
    ...alertRoutes,
    ...auditRoutes,
    ...operatorRoutes,
    ...dropletRoutes,
    ...streamRoutes,
    ...pauseRoutes,
    ...limitRoutes,
    ...replayRoutes,
    ...shardRoutes,
    ...commandRoutes,
    ...retentionRoutes,
    ...deadLetterRoutes,
  ];
}
