import { openAlert, resolveAlerts } from '#domain/alerts/index.ts';
import { reportPublication, type Change, type EdgeState } from '#domain/edge/index.ts';
import { mapPublicFaces, markLive, type TenantStatus } from '#domain/tenants/index.ts';
import { defineJob, type JobContext } from '#workers/ops/job-handler.ts';
import { letOpeningsEnd, publicationSteps } from './publication-steps.ts';
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

const asTheyAre = storesOf((status) => (status === 'live' || status === 'suspended' ? status : undefined));
const closed = storesOf((status) => (status === 'suspended' ? 'suspended' : undefined));
const opened = storesOf((status) => (status === 'suspended' || status === 'live' ? 'live' : undefined));

/** Brings many stores to the edges as they are. */
export const publishTenants = defineJob(
  'tenants.publish',
  publicationSteps<Batch>({
    async changesOf(ctx, batch) {
      await letOpeningsEnd(ctx, batch.tenantIds, ['tenant.resume', 'tenants.resume']);
      return asTheyAre(ctx, batch);
    },
    reason: 'publication',
  }),
);

const closing = publicationSteps<Batch>({ changesOf: closed, reason: 'suspension' });

/** Closes many stores at the edges. As for one, what was sent is never taken back; an alert says so instead. */
export const suspendTenants = defineJob('tenants.suspend', {
  render_document: {
    do: (...args) => closing.render_document.do(...args),
    async undo(ctx, { tenantIds }, { reason }) {
      for (const { tenant } of (await mapPublicFaces(ctx, tenantIds)).values())
        if (tenant.status === 'suspended') await openStillServed(ctx, tenant, reason);
    },
  },
  publish_to_edge: { do: (...args) => closing.publish_to_edge.do(...args) },
  probe_edge: {
    async do(ctx, payload, run) {
      const seen = await closing.probe_edge.do(ctx, payload, run);
      await nothingIsStillServed(ctx, await seenRight(ctx, await closed(ctx, payload), run.jobId));
      const { failures } = await reportPublication(ctx, { jobId: run.jobId, purpose: 'publish' });
      for (const { tenantId: id, slug, error } of failures) await openStillServed(ctx, { id, slug }, error.message);
      return seen;
    },
  },
});

function openStillServed(ctx: JobContext, { id, slug }: { id: string; slug: string }, detail: string): Promise<void> {
  const title = `${slug} is suspended, but an edge may still serve it`;
  return openAlert(ctx, { key: stillServedAlert(id), severity: 'critical', title, detail, tenantId: id });
}

/** Those of the batch that the edges were seen treating as they should. */
async function seenRight(ctx: JobContext, changes: readonly Change[], jobId: string): Promise<string[]> {
  const { failures } = await reportPublication(ctx, { jobId, purpose: 'publish' });
  const failed = new Set(failures.map((failure) => failure.tenantId));
  return changes.map((change) => change.tenantId).filter((tenantId) => !failed.has(tenantId));
}

async function nothingIsStillServed(ctx: JobContext, tenantIds: readonly string[]): Promise<void> {
  await resolveAlerts(ctx, tenantIds.map(stillServedAlert));
}

/** Opens many suspended stores; each counts as live once the edges were seen serving it, the others stay suspended. */
export const resumeTenants = defineJob('tenants.resume', {
  ...publicationSteps<Batch>({ changesOf: opened, reason: 'resumption' }),
  mark_live: {
    async do(ctx, payload, { jobId }) {
      const seen = await seenRight(ctx, await opened(ctx, payload), jobId);
      for (const tenantId of seen) await markLive(ctx, tenantId);
      await nothingIsStillServed(ctx, seen);
      return [{ key: 'stores_live', values: { count: seen.length } }];
    },
  },
});
