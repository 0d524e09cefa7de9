import type { publishMaps } from '#domain/edge/index.ts';
import type { StepSaying } from '#domain/jobs/index.ts';

type Published = Awaited<ReturnType<typeof publishMaps>>;

/** What each edge did with the maps, and whose lines it refuses. */
export function sayMaps(done: Published): StepSaying[] {
  return done.flatMap(({ edge, revision, refused }) => {
    const taken: StepSaying =
      revision === undefined
        ? { key: 'maps_kept', values: { edge } }
        : { key: 'maps_published', values: { edge, revision } };
    return [taken, ...refused.map((slug): StepSaying => ({ key: 'maps_refused', values: { edge, slug } }))];
  });
}
