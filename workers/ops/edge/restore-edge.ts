import { restoreEdge } from '#domain/edge/index.ts';
import { defineJob } from '#workers/ops/job-handler.ts';

/** Makes an edge hold again what was published, where an operator saw that it does not. */
export const restoreEdgeFiles = defineJob('edge.restore', {
  restore_files: {
    do: (ctx, { dropletId, findings }, { signal }) => restoreEdge(ctx, { dropletId, findings, signal }),
  },
});
