import { createTenant, getTenant, resumeTenant, suspendTenant, updateTenant } from '#domain/tenants/index.ts';
import { AppError, PreconditionFailed } from '#platform/errors.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { role } from '#console/guards.ts';
import { acceptedChange, tenantJson } from './answers.ts';
import * as schemas from './schemas.ts';

const tag = 'Tenants';

export const tenantEndpoints = [
  endpoint({
    method: 'post',
    path: '/tenants',
    guard: role('operator'),
    summary: 'Onboard a store; the job in the answer makes it live',
    tag,
    body: schemas.newTenant,
    status: 202,
    response: schemas.created,
    refusals: { 409: '`slug_taken`: the name belongs to another store, also as an alias or in quarantine.' },
    async run(ctx, { body: { branding, settings, ...rest } }) {
      const { tenant, jobId, adminPassword } = await createTenant(ctx, {
        ...rest,
        ...(branding && { branding: schemas.toBrandingChanges(branding) }),
        ...(settings && { settings: schemas.toSettingsChanges(settings) }),
      });
      const change = await acceptedChange(ctx, tenant, jobId);
      const admin = { email: tenant.adminEmail, one_time_password: adminPassword };
      return { ...change, body: { ...change.body, admin } };
    },
  }),
  endpoint({
    method: 'get',
    path: '/tenants/:slug',
    guard: role('viewer'),
    summary: 'A store',
    tag,
    params: schemas.tenantParams,
    response: schemas.tenantSchema,
    async run(ctx, { params: { slug } }) {
      const tenant = await getTenant(ctx, slug);
      return { body: await tenantJson(ctx, tenant), headers: { ETag: `"v${tenant.version}"` } };
    },
  }),
  endpoint({
    method: 'patch',
    path: '/tenants/:slug',
    guard: role('operator'),
    summary: 'Change name, branding, settings or plan; what is left out stays',
    tag,
    params: schemas.tenantParams,
    body: schemas.tenantChanges,
    response: schemas.tenantSchema,
    refusals: {
      409: 'The state of the store allows no change, or `plan_too_small`: more people can sign in than the plan allows.',
      412: 'Somebody else changed the store meanwhile.',
    },
    async run(ctx, { params: { slug }, body: { name, branding, settings, plan }, ifMatch }) {
      const changes = {
        name,
        plan,
        branding: branding && schemas.toBrandingChanges(branding),
        settings: settings && schemas.toSettingsChanges(settings),
      };
      const { tenant } = await updateTenant(ctx, slug, { version: ifMatch, changes }).catch(asPrecondition);
      return { body: await tenantJson(ctx, tenant), headers: { ETag: `"v${tenant.version}"` } };
    },
  }),
  endpoint({
    method: 'post',
    path: '/tenants/:slug/suspension',
    guard: role('on_call'),
    summary: 'Close a store; its host answers 503 until it is resumed',
    tag,
    params: schemas.tenantParams,
    body: schemas.suspension,
    status: 202,
    response: schemas.accepted,
    refusals: { 409: 'The store is not live.' },
    async run(ctx, { params: { slug }, body }) {
      const { tenant, jobId } = await suspendTenant(ctx, slug, body);
      return acceptedChange(ctx, tenant, jobId);
    },
  }),
  endpoint({
    method: 'delete',
    path: '/tenants/:slug/suspension',
    guard: role('on_call'),
    summary: 'Open a suspended store; it is live once an edge was seen serving it',
    tag,
    params: schemas.tenantParams,
    status: 202,
    response: schemas.accepted,
    refusals: { 409: 'The store is not suspended, or is being resumed.' },
    async run(ctx, { params: { slug } }) {
      const { tenant, jobId } = await resumeTenant(ctx, slug);
      return acceptedChange(ctx, tenant, jobId);
    },
  }),
];

/** The API names versions by `If-Match`, so a stale one has a status of its own there. */
function asPrecondition(error: unknown): never {
  if (error instanceof AppError && error.code === 'version_conflict')
    throw new PreconditionFailed(error.code, error.message, { cause: error });
  throw error;
}
