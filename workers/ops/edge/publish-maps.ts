import { publishMaps } from '#domain/edge/index.ts';
import { defineJob } from '#workers/ops/job-handler.ts';
import { sayMaps } from './say-maps.ts';

/** Brings names, domains and limits of all stores to the edges, after a change that belongs to no single store. */
export const publishEdgeMaps = defineJob('edge.publish_maps', {
  publish_maps: {
    async do(ctx, { reason }, { jobId, signal }) {
      return sayMaps(await publishMaps(ctx, { jobId, author: ctx.actor.label, reason, signal }));
    },
  },
});
