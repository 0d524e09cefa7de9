import type { StepSaying } from '#domain/jobs/index.ts';

/** Often enough to see that something moves, seldom enough for a page that is drawn at each change. */
const SAY_EVERY_MS = 1000;

/** Says how far a step is, at most once a second; fewer things than `worthTelling` are done before anybody could read it. */
export function countedProgress(
  say: (output: StepSaying[]) => Promise<void>,
  key: StepSaying['key'],
  worthTelling = 50,
): (done: number, count: number) => Promise<void> {
  let saidAt = -Infinity;
  return async (done, count) => {
    const now = performance.now();
    if (count < worthTelling || now - saidAt < SAY_EVERY_MS) return;
    saidAt = now;
    await say([{ key, values: { done, count } }]);
  };
}
