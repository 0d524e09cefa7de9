import { z } from 'zod';
import { deleteTenant, tenantFields } from '#domain/tenants/index.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { inputObject } from '#console/api/input-object.ts';
import { role } from '#console/guards.ts';
import { acceptedChange } from '#console/tenants/answers.ts';
import { accepted, tenantParams } from '#console/tenants/schemas.ts';

const deletion = inputObject({
  confirmation: z.string({ error: 'Type the slug of the store.' }).meta({ description: 'The slug of the store.' }),
  reason: tenantFields.reason.default('Deleted through the API.'),
}).meta({ id: 'Deletion' });

export const deletionEndpoints = [
  endpoint({
    method: 'delete',
    path: '/tenants/:slug',
    guard: role('admin'),
    summary: 'Delete an archived store for good: it is copied, the copy is proven, then every row of it is erased',
    tag: 'Tenants',
    params: tenantParams,
    body: deletion,
    status: 202,
    response: accepted,
    refusals: {
      409: '`tenant_in_grace` until `delete_after`; or the store is not archived, or is being restored or deleted.',
    },
    async run(ctx, { params: { slug }, body }) {
      const { tenant, jobId } = await deleteTenant(ctx, slug, body);
      return acceptedChange(ctx, tenant, jobId);
    },
  }),
];
