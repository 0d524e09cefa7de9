import { probeAfterReload, reloadEdge } from '#domain/edge/index.ts';
import { defineJob } from '#workers/ops/job-handler.ts';

/** Makes an edge read its configuration again, and asks it whether it still serves. */
export const reloadEdgeNginx = defineJob('edge.reload', {
  reload_nginx: {
    async do(ctx, { dropletId, reason }, { jobId, signal }) {
      const edge = await reloadEdge(ctx, { dropletId, jobId, author: ctx.actor.label, reason, signal });
      return [{ key: 'edge_reloaded', values: { edge } }];
    },
  },
  probe_edge: {
    async do(ctx, { dropletId }, { signal }) {
      return [{ key: 'edge_serves', values: await probeAfterReload(ctx, { dropletId, signal }) }];
    },
  },
});
