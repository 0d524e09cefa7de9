import { renameTenant, tenantFields } from '#domain/tenants/index.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { inputObject } from '#console/api/input-object.ts';
import { role } from '#console/guards.ts';
import { acceptedChange } from '#console/tenants/answers.ts';
import { accepted, tenantParams } from '#console/tenants/schemas.ts';

const rename = inputObject({
  slug: tenantFields.slug.meta({ description: 'The new label before the base domain.', example: 'acme-materiais' }),
  alias_days: tenantFields.aliasDays
    .optional()
    .meta({ description: 'How long the old name leads to the new one; 90 days unless said otherwise.' }),
}).meta({ id: 'Rename' });

export const renameEndpoints = [
  endpoint({
    method: 'post',
    path: '/tenants/:slug/renames',
    guard: role('operator'),
    summary: 'Give a live store another name; it is served meanwhile, and its old name leads to the new one',
    tag: 'Tenants',
    params: tenantParams,
    body: rename,
    status: 202,
    response: accepted,
    refusals: { 409: '`slug_taken`, or the store is not live.' },
    async run(ctx, { params: { slug }, body }) {
      const { tenant, jobId } = await renameTenant(ctx, slug, { slug: body.slug, aliasDays: body.alias_days });
      return acceptedChange(ctx, tenant, jobId);
    },
  }),
];
