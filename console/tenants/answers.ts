import { getJob } from '#domain/jobs/index.ts';
import { getBrandingAndSettings, getTenant, listEdgeProofs, listNames, type Tenant } from '#domain/tenants/index.ts';
import { API_ROOT } from '#console/api/endpoint.ts';
import type { ConsoleContext } from '#console/context.ts';
import { toJobJson } from '#console/jobs/schemas.ts';
import { toDetailsJson, toSummaryJson } from './schemas.ts';

/** A store as the API tells it whole. */
export async function tenantJson(ctx: ConsoleContext, tenant: Tenant) {
  const details = await getBrandingAndSettings(ctx, tenant.id);
  const edges = await listEdgeProofs(ctx, tenant.id);
  const names = await listNames(ctx, tenant.id);
  return {
    ...toSummaryJson(tenant, ctx.storeUrl(tenant.slug)),
    ...toDetailsJson({ ...details, edges, names }),
  };
}

/** The answer to a change that a job carries out: store and job as they are now, and where to follow the job. */
export async function acceptedChange(ctx: ConsoleContext, { id }: Pick<Tenant, 'id'>, jobId: string) {
  const job = toJobJson(await getJob(ctx, jobId));
  const tenant = await tenantJson(ctx, await getTenant(ctx, id));
  return { body: { tenant, job }, headers: { Location: `${API_ROOT}/jobs/${jobId}` } };
}
