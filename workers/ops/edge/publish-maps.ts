import { publishMaps } from '#domain/edge/index.ts';
import type { StepSaying } from '#domain/jobs/index.ts';
import { defineJob } from '#workers/ops/job-handler.ts';

/** Brings names, domains and limits of all stores to the edges, after a change that belongs to no single store. */
export const publishEdgeMaps = defineJob('edge.publish_maps', {
  publish_maps: {
    async do(ctx, { reason }, { jobId, signal }) {
      const done = await publishMaps(ctx, { jobId, author: ctx.actor.label, reason, signal });
      return done.flatMap(sayMaps);
    },
  },
});

type Published = Awaited<ReturnType<typeof publishMaps>>[number];

/** What an edge did with the maps, and whose lines it refuses. */
function sayMaps({ edge, revision, refused }: Published): StepSaying[] {
  const done: StepSaying =
    revision === undefined
      ? { key: 'maps_kept', values: { edge } }
      : { key: 'maps_published', values: { edge, revision } };
  return [done, ...refused.map((slug): StepSaying => ({ key: 'maps_refused', values: { edge, slug } }))];
}
