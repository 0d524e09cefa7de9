import type { Express, RequestHandler } from 'express';
import { z } from 'zod';
import { createSealer } from '#platform/auth/seal.ts';
import { AppError } from '#platform/errors.ts';
import { notFoundHandler } from '#platform/http/error-handler.ts';
import { everyone, mountRoutes } from '#platform/http/routes.ts';
import type { Caller, ConsoleContext, ConsoleParts } from '#console/context.ts';
import { alertEndpoints } from '#console/alerts/api.ts';
import { auditEndpoints } from '#console/audit/api.ts';
import { edgeEndpoints } from '#console/edge/api.ts';
import { publicationEndpoints } from '#console/edge/publications/api.ts';
import { revisionEndpoints } from '#console/edge/revisions/api.ts';
import { rollbackEndpoints } from '#console/edge/rollbacks/api.ts';
import { dropletEndpoints } from '#console/droplets/api.ts';
import { jobEndpoints } from '#console/jobs/api.ts';
import { scheduleEndpoints } from '#console/schedules/api.ts';
import { commandEndpoints } from '#console/streams/commands/api.ts';
import { deadLetterEndpoints } from '#console/streams/dead-letters/api.ts';
import { limitEndpoints } from '#console/streams/limits/api.ts';
import { pauseEndpoints } from '#console/streams/pauses/api.ts';
import { replayEndpoints } from '#console/streams/replays/api.ts';
import { retentionEndpoints } from '#console/streams/retention/api.ts';
import { shardEndpoints } from '#console/streams/shards/api.ts';
import { streamEndpoints } from '#console/streams/api.ts';
import { applicationEndpoints } from '#console/tenants/applications/api.ts';
import { bulkEndpoints } from '#console/tenants/bulk-actions/api.ts';
import { directoryEndpoints } from '#console/tenants/directory/api.ts';
import { tenantEndpoints } from '#console/tenants/api.ts';
import { archiveEndpoints } from '#console/tenants/archive/api.ts';
import { deletionEndpoints } from '#console/tenants/deletion/api.ts';
import { domainEndpoints } from '#console/tenants/domains/api.ts';
import { planEndpoints } from '#console/tenants/plan/api.ts';
import { renameEndpoints } from '#console/tenants/renames/api.ts';
import { usageEndpoints } from '#console/tenants/usage/api.ts';
import { userEndpoints } from '#console/tenants/users/api.ts';
import { askForToken, callerOf } from './bearer.ts';
import { API_ROOT, endpoint, type Endpoint } from './endpoint.ts';
import { openApiDocument } from './openapi.ts';

/** Every endpoint of the JSON API, by the map of its feature. */
const features: readonly Endpoint[] = [
  ...applicationEndpoints,
  ...bulkEndpoints,
  ...tenantEndpoints,
  ...renameEndpoints,
  ...archiveEndpoints,
  ...deletionEndpoints,
  ...domainEndpoints,
  ...userEndpoints,
  ...planEndpoints,
  ...usageEndpoints,
  ...directoryEndpoints,
  ...edgeEndpoints,
  ...revisionEndpoints,
  ...rollbackEndpoints,
  ...publicationEndpoints,
  ...jobEndpoints,
  ...scheduleEndpoints,
  ...dropletEndpoints,
  ...streamEndpoints,
  ...pauseEndpoints,
  ...limitEndpoints,
  ...replayEndpoints,
  ...shardEndpoints,
  ...commandEndpoints,
  ...retentionEndpoints,
  ...deadLetterEndpoints,
  ...alertEndpoints,
  ...auditEndpoints,
];

export const endpoints: readonly Endpoint[] = [
  ...features,
  endpoint({
    method: 'get',
    path: '/openapi.json',
    guard: everyone,
    summary: 'This document',
    tag: 'API',
    response: z.looseObject({ openapi: z.string() }),
    run: async () => ({ body: (await openApiDocument(endpoints)) as { openapi: string } }),
  }),
];

/**
 * Mounts the JSON API: Bearer tokens instead of sessions, hence no CSRF tokens either. Comes before everything that reads
 * cookies, and answers every address below its root itself.
 */
export function mountApi(
  app: Express,
  parts: ConsoleParts,
  contextFor: (requestId: string, caller: Caller) => ConsoleContext,
): void {
  const sealer = createSealer(parts.config.SECRET_KEY, 'idempotency');
  app.use(API_ROOT, onlyJson);
  mountRoutes<ConsoleContext>(
    app,
    endpoints.map((it) => it.toRoute(sealer)),
    async (req, res) => {
      const requestId = res.locals.requestId as string;
      const anonymous = contextFor(requestId, { actor: { kind: 'system', label: 'anonymous' }, role: undefined });
      return contextFor(requestId, await callerOf(anonymous, req));
    },
  );
  app.use(API_ROOT, notFoundHandler, askForToken);
}

/** A body of another type would be passed over, and every field called missing. */
const onlyJson: RequestHandler = (req, _res, next) => {
  const isEmpty = req.get('Content-Length') === '0';
  if (!isEmpty && req.is('application/json') === false)
    throw new AppError(415, 'unsupported_media_type', 'Send JSON, with Content-Type: application/json.');
  next();
};
