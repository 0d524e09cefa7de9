import { publishChanges, publishMaps, revertRevisions } from '#domain/edge/index.ts';
import { getTenant, markRestored, undoRestoration } from '#domain/tenants/index.ts';
import { CancelJob } from '#platform/jobs/steering.ts';
import { defineJob } from '#workers/ops/job-handler.ts';
import { sayMaps } from '../edge/say-maps.ts';
import { sayWhatWasSeen } from './publication-steps.ts';

const RETURN = 'return';

/** Brings an archived store back as what it was; it counts as back only once the edges were seen serving it. */
export const restoreTenant = defineJob('tenant.restore', {
  put_back_on_edges: {
    async do(ctx, { tenantId, reason, archived }, { jobId, signal }) {
      const { slug, status } = await getTenant(ctx, tenantId);
      if (status !== 'archived') throw new CancelJob('tenant_not_archived', `${slug} is ${status}, not archived.`);
      const { seen } = await publishChanges(ctx, {
        jobId,
        purpose: RETURN,
        changes: [{ tenantId, slug, state: archived.from }],
        author: ctx.actor.label,
        reason,
        signal,
      });
      return sayWhatWasSeen(seen);
    },
    undo: (ctx, _payload, { jobId, signal, reason }) =>
      revertRevisions(ctx, { jobId, purpose: RETURN, signal, reason }),
  },
  mark_restored: {
    async do(ctx, { tenantId }) {
      const { slug, status } = await markRestored(ctx, tenantId);
      return [{ key: 'store_restored', values: { slug, status } }];
    },
    async undo(ctx, { tenantId, archived }, { jobId, signal, reason }) {
      await undoRestoration(ctx, tenantId, archived, reason);
      const { slug } = await getTenant(ctx, tenantId);
      await publishMaps(ctx, { jobId, author: ctx.actor.label, reason, slugs: [slug], signal });
    },
  },
  publish_maps: {
    async do(ctx, { tenantId, reason }, { jobId, signal }) {
      const { slug } = await getTenant(ctx, tenantId);
      return sayMaps(await publishMaps(ctx, { jobId, author: ctx.actor.label, reason, slugs: [slug], signal }));
    },
  },
});
