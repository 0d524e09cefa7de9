import { archiveTenant, restoreTenant, tenantFields } from '#domain/tenants/index.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { inputObject } from '#console/api/input-object.ts';
import { role } from '#console/guards.ts';
import { acceptedChange } from '#console/tenants/answers.ts';
import { accepted, tenantParams } from '#console/tenants/schemas.ts';

const archive = inputObject({
  reason: tenantFields.reason.default('Archived through the API.'),
  grace_days: tenantFields.graceDays
    .optional()
    .meta({ description: 'How long it can be restored and not be deleted; 30 days unless said otherwise.' }),
}).meta({ id: 'Archive' });

const tag = 'Tenants';

export const archiveEndpoints = [
  endpoint({
    method: 'post',
    path: '/tenants/:slug/archive',
    guard: role('operator'),
    summary: 'Take a store off the platform and keep everything of it; its people are signed out',
    tag,
    params: tenantParams,
    body: archive,
    status: 202,
    response: accepted,
    refusals: { 409: 'The store is neither live nor suspended.' },
    async run(ctx, { params: { slug }, body: { reason, grace_days: graceDays } }) {
      const { tenant, jobId } = await archiveTenant(ctx, slug, { reason, graceDays });
      return acceptedChange(ctx, tenant, jobId);
    },
  }),
  endpoint({
    method: 'delete',
    path: '/tenants/:slug/archive',
    guard: role('operator'),
    summary: 'Bring an archived store back as what it was; it is back once an edge was seen serving it',
    tag,
    params: tenantParams,
    status: 202,
    response: accepted,
    refusals: { 409: 'The store is not archived, or is being restored or deleted.' },
    async run(ctx, { params: { slug } }) {
      const { tenant, jobId } = await restoreTenant(ctx, slug);
      return acceptedChange(ctx, tenant, jobId);
    },
  }),
];
