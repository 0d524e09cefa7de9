import { listEdges, type Edge } from '#domain/droplets/index.ts';
import { probeAfterReload, reloadEdge } from '#domain/edge/index.ts';
import type { StepSaying } from '#domain/jobs/index.ts';
import { AppError, UpstreamFailed } from '#platform/errors.ts';
import { defineJob, type JobContext } from '#workers/ops/job-handler.ts';

/** The same on every edge, one after the other: while one reads its configuration the others serve. */
export const reloadEdgesNginx = defineJob('edges.reload', {
  reload_nginx: {
    do: (ctx, { reason }, { jobId, signal }) =>
      onEveryEdge(ctx, async ({ id: dropletId }) => {
        const edge = await reloadEdge(ctx, { dropletId, jobId, author: ctx.actor.label, reason, signal });
        return { key: 'edge_reloaded', values: { edge } };
      }),
  },
  probe_edge: {
    do: (ctx, _payload, { signal }) =>
      onEveryEdge(ctx, async ({ id: dropletId }) => ({
        key: 'edge_serves',
        values: await probeAfterReload(ctx, { dropletId, signal }),
      })),
  },
});

/** An edge that fails does not keep the others from it. Throws UpstreamFailed `edges_failed`, naming those that failed. */
async function onEveryEdge(ctx: JobContext, work: (edge: Edge) => Promise<StepSaying>): Promise<StepSaying[]> {
  const said: StepSaying[] = [];
  const failures: string[] = [];
  for (const edge of await listEdges(ctx)) {
    try {
      said.push(await work(edge));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      failures.push(error.message);
    }
  }
  if (failures.length > 0) throw new UpstreamFailed('edges_failed', failures.join(' '));
  return said;
}
