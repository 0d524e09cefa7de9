import { resolveAlert } from '#domain/alerts/index.ts';
import { markLive } from '#domain/tenants/index.ts';
import { defineJob } from '#workers/ops/job-handler.ts';
import { oneStore, publicationSteps } from './publication-steps.ts';
import { stillServedAlert } from './suspend-tenant.ts';

/** Opens a suspended store again; it counts as live only once an edge was seen serving it, and else stays suspended. */
export const resumeTenant = defineJob('tenant.resume', {
  ...publicationSteps<{ tenantId: string; reason: string }>({
    changesOf: oneStore(async () => 'live'),
    reason: 'resumption',
  }),
  mark_live: {
    async do(ctx, { tenantId }) {
      const { slug } = await markLive(ctx, tenantId);
      await resolveAlert(ctx, stillServedAlert(tenantId));
      return [{ key: 'store_live', values: { slug } }];
    },
  },
});
