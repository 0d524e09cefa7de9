import { openAlert } from '#domain/alerts/index.ts';
import { reportPublication, type Change, type EdgeState } from '#domain/edge/index.ts';
import { mapPublicFaces, markLive, type TenantStatus } from '#domain/tenants/index.ts';
import { defineJob, type JobContext } from '#workers/ops/job-handler.ts';
import { publicationSteps } from './publication-steps.ts';
import { stillServedAlert } from './suspend-tenant.ts';

type Batch = { tenantIds: string[]; reason: string };

/** The stores of a batch that are in a state to be published; one that changed meanwhile is left to its own job. */
const storesOf =
  (stateOf: (status: TenantStatus) => EdgeState | undefined) =>
  async (ctx: JobContext, { tenantIds }: Batch): Promise<Change[]> => {
    const faces = await mapPublicFaces(ctx, tenantIds);
    return [...faces.values()].flatMap(({ tenant: { id: tenantId, slug, status } }) => {
      const state = stateOf(status);
      return state === undefined ? [] : [{ tenantId, slug, state }];
    });
  };

const asItIs = storesOf((status) => (status === 'live' || status === 'suspended' ? status : undefined));
const closed = storesOf((status) => (status === 'suspended' ? 'suspended' : undefined));
const opened = storesOf((status) => (status === 'suspended' || status === 'live' ? 'live' : undefined));

/** Brings many stores to the edges as they are. */
export const publishTenants = defineJob(
  'tenants.publish',
  publicationSteps<Batch>({ changesOf: asItIs, reason: 'publication' }),
);

const closing = publicationSteps<Batch>({ changesOf: closed, reason: 'suspension' });

/** Closes many stores at the edges. As for one, what was sent is never taken back; an alert says so instead. */
export const suspendTenants = defineJob('tenants.suspend', {
  render_document: {
    do: (...args) => closing.render_document.do(...args),
    async undo(ctx, { tenantIds }, { reason }) {
      for (const { tenant } of (await mapPublicFaces(ctx, tenantIds)).values())
        if (tenant.status === 'suspended')
          await openAlert(ctx, {
            key: stillServedAlert(tenant.id),
            severity: 'critical',
            title: `${tenant.slug} is suspended, but an edge may still serve it`,
            detail: reason,
            tenantId: tenant.id,
          });
    },
  },
  publish_to_edge: { do: (...args) => closing.publish_to_edge.do(...args) },
  probe_edge: { do: (...args) => closing.probe_edge.do(...args) },
});

/** Opens many suspended stores; each counts as live once the edges were seen serving it, the others stay suspended. */
export const resumeTenants = defineJob('tenants.resume', {
  ...publicationSteps<Batch>({ changesOf: opened, reason: 'resumption' }),
  mark_live: {
    async do(ctx, payload, { jobId }) {
      const { failures } = await reportPublication(ctx, { jobId, purpose: 'publish' });
      const failed = new Set(failures.map((failure) => failure.tenantId));
      const seen = (await opened(ctx, payload)).filter(({ tenantId }) => !failed.has(tenantId));
      for (const { tenantId } of seen) await markLive(ctx, tenantId);
      return [{ key: 'stores_live', values: { count: seen.length } }];
    },
  },
});
