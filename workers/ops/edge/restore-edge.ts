import { restoreEdge } from '#domain/edge/index.ts';
import { defineJob } from '#workers/ops/job-handler.ts';

/** Makes an edge hold again what was published, where an operator saw that it does not. */
export const restoreEdgeFiles = defineJob('edge.restore', {
  restore_files: {
    async do(ctx, { dropletId, findings }, { signal }) {
      const { edge, left } = await restoreEdge(ctx, { dropletId, findings, signal });
      const what = left.map(({ kind, name }) => `${name} (${kind})`).join(', ');
      return [
        left.length === 0
          ? { key: 'edge_restored', values: { edge } }
          : { key: 'edge_differs', values: { edge, what } },
      ];
    },
  },
});
