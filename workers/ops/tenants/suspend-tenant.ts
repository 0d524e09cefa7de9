import { openAlert, resolveAlert } from '#domain/alerts/index.ts';
import { getTenant } from '#domain/tenants/index.ts';
import { defineJob } from '#workers/ops/job-handler.ts';
import { oneStore, publicationSteps } from './publication-steps.ts';

const steps = publicationSteps<{ tenantId: string; reason: string }>({
  changesOf: oneStore(async () => 'suspended'),
  reason: 'suspension',
});

/** The key of the alert that says a suspended store may still be served. */
export const stillServedAlert = (tenantId: string) => `tenant:${tenantId}:still_served`;

/**
 * Closes a store at the edges. What was sent is never taken back: a store that must be closed is not opened again because
 * something else broke. Instead an alert says that it may still be open, until it was seen closed.
 */
export const suspendTenant = defineJob('tenant.suspend', {
  render_document: {
    do: (...args) => steps.render_document.do(...args),
    async undo(ctx, { tenantId }, { reason }) {
      const { slug } = await getTenant(ctx, tenantId);
      await openAlert(ctx, {
        key: stillServedAlert(tenantId),
        severity: 'critical',
        title: `${slug} is suspended, but an edge may still serve it`,
        detail: reason,
        tenantId,
      });
    },
  },
  publish_to_edge: { do: (...args) => steps.publish_to_edge.do(...args) },
  probe_edge: {
    async do(ctx, payload, run) {
      const seen = await steps.probe_edge.do(ctx, payload, run);
      await resolveAlert(ctx, stillServedAlert(payload.tenantId));
      return seen;
    },
  },
});
