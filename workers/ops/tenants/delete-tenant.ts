import { publishMaps } from '#domain/edge/index.ts';
import type { StepSaying } from '#domain/jobs/index.ts';
import {
  countUnsettledEvents,
  discardExport,
  eraseTenant,
  exportTenant,
  getTenant,
  isPastReturn,
  listRemains,
  markDeleted,
  verifyExport,
} from '#domain/tenants/index.ts';
import { Conflict } from '#platform/errors.ts';
import { SnoozeJob } from '#platform/jobs/steering.ts';
import { defineJob, type JobContext } from '#workers/ops/job-handler.ts';
import { sayMaps } from '../edge/say-maps.ts';
import { withdraw } from './withdraw.ts';

const LOOK_AGAIN_MS = 2000;
const GONE: StepSaying[] = [{ key: 'copy_stands', values: {} }];

/**
 * The end of a store: copied, the copy proven, then every row erased. Up to `mark_deleted` the job can be cancelled and
 * leaves an archived store as it was; from there on it only goes forward, and is retried when it could not finish.
 */
export const deleteTenant = defineJob('tenant.delete', {
  withdraw_from_edges: {
    async do(ctx, payload, run) {
      await isPastReturn(ctx, payload.tenantId);
      return withdraw(ctx, payload, run);
    },
  },
  drain_events: {
    async do(ctx, { tenantId }) {
      const waiting = await countUnsettledEvents(ctx, tenantId);
      // What is counted must have been seen by everybody who counts: rows erased before would be missing for ever.
      if (waiting > 0) throw new SnoozeJob(LOOK_AGAIN_MS);
      return [{ key: 'events_settled', values: {} }];
    },
  },
  export_data: {
    async do(ctx, { tenantId }, { jobId, signal }) {
      if (await isPastReturn(ctx, tenantId)) return GONE;
      const copy = await exportTenant(ctx, { tenantId, jobId, dir: ctx.archivesDir, signal });
      const count = Object.values(copy.rowCounts).reduce((sum, rows) => sum + rows, 0);
      const { fileName: file, bytes, sha256 } = copy;
      return [{ key: 'copy_written', values: { count, file, bytes, sha256 } }];
    },
    undo: (ctx, { tenantId }, { jobId }) => discardExport(ctx, { tenantId, jobId, dir: ctx.archivesDir }),
  },
  verify_export: {
    async do(ctx, { tenantId }, { jobId, signal }) {
      if (await isPastReturn(ctx, tenantId)) return GONE;
      const { fileName } = await verifyExport(ctx, { tenantId, jobId, dir: ctx.archivesDir, signal });
      return [{ key: 'copy_proven', values: { file: fileName } }];
    },
  },
  mark_deleted: {
    async do(ctx, { tenantId }, { jobId }) {
      await markDeleted(ctx, { tenantId, jobId });
      return [{ key: 'store_deleted', values: {} }];
    },
  },
  publish_maps: {
    async do(ctx, { tenantId, reason }, { jobId, signal }) {
      const { slug } = await getTenant(ctx, tenantId);
      return sayMaps(await publishMaps(ctx, { jobId, author: ctx.actor.label, reason, slugs: [slug], signal }));
    },
  },
  erase_rows: {
    async do(ctx, { tenantId }, { jobId, signal }) {
      const count = await eraseTenant(ctx, { tenantId, jobId, signal });
      return [{ key: 'rows_erased', values: { count } }];
    },
    undo: (ctx, { tenantId }) => refuseRemains(ctx, tenantId),
  },
  prove_nothing_left: {
    async do(ctx, { tenantId }) {
      await refuseRemains(ctx, tenantId);
      return [{ key: 'nothing_left', values: {} }];
    },
  },
});

/** Nobody can bring back what was erased: what is left of the store waits for the job to be retried. */
async function refuseRemains(ctx: JobContext, tenantId: string): Promise<void> {
  const remains = await listRemains(ctx, tenantId);
  if (remains.length === 0) return;
  const tables = remains.map(({ table, rows }) => `${rows} in ${table}`).join(', ');
  throw new Conflict('tenant_rows_left', `The store is deleted, and rows of it are left: ${tables}. Retry the job.`);
}
