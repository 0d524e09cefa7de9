import { getTenant } from '#domain/tenants/index.ts';
import { CancelJob } from '#platform/jobs/steering.ts';
import { defineJob } from '#workers/ops/job-handler.ts';
import { letOpeningsEnd, oneStore, publicationSteps } from './publication-steps.ts';

/** Brings a changed name or branding to the edges, in whichever state the tenant is. */
export const publishTenant = defineJob(
  'tenant.publish',
  publicationSteps<{ tenantId: string; reason: string }>({
    changesOf: oneStore(async (ctx, { tenantId }) => {
      // Its own comes before this job or after it.
      await letOpeningsEnd(ctx, [tenantId], ['tenants.resume']);
      const { status, slug } = await getTenant(ctx, tenantId);
      if (status === 'live' || status === 'suspended') return status;
      if (status === 'renaming') return 'live';
      throw new CancelJob(`tenant_${status}`, `${slug} is ${status}; there is nothing to publish.`);
    }),
    reason: 'publication',
  }),
);
