import { dropDropletKey, makeDropletKey, switchDropletKey, verifyDropletKey } from './droplets/change-keys.ts';
import { runVerbOnDroplet } from './droplets/run-verb.ts';
import type { JobHandler } from './job-handler.ts';
import { archiveTenant } from './tenants/archive-tenant.ts';
import { deleteTenant } from './tenants/delete-tenant.ts';
import { applyTenants } from './tenants/apply-tenants.ts';
import { provisionTenant } from './tenants/provision-tenant.ts';
import { publishTenant } from './tenants/publish-tenant.ts';
import { publishTenantMaps } from './tenants/publish-maps.ts';
import { renameTenant } from './tenants/rename-tenant.ts';
import { restoreTenant } from './tenants/restore-tenant.ts';
import { publishEdgeMaps } from './edge/publish-maps.ts';
import { reloadEdgeNginx } from './edge/reload-edge.ts';
import { reloadEdgesNginx } from './edge/reload-edges.ts';
import { restoreEdgeFiles } from './edge/restore-edge.ts';
import { publishTenants, resumeTenants, suspendTenants } from './tenants/publish-tenants.ts';
import { resumeTenant } from './tenants/resume-tenant.ts';
import { suspendTenant } from './tenants/suspend-tenant.ts';

const HANDLERS = [
  provisionTenant,
  publishTenant,
  suspendTenant,
  resumeTenant,
  renameTenant,
  archiveTenant,
  restoreTenant,
  deleteTenant,
  publishTenantMaps,
  publishTenants,
  suspendTenants,
  resumeTenants,
  applyTenants,
  publishEdgeMaps,
  restoreEdgeFiles,
  reloadEdgeNginx,
  reloadEdgesNginx,
  runVerbOnDroplet,
  makeDropletKey,
  verifyDropletKey,
  switchDropletKey,
  dropDropletKey,
] as JobHandler[];

/** Kind of job → what runs it. */
export const JOB_HANDLERS: ReadonlyMap<string, JobHandler> = new Map(
  HANDLERS.map((handler) => [handler.kind, handler]),
);
