/** True at the first call and then once in `ms`. */
export function every(ms: number): () => boolean {
  let last = -Infinity;
  return () => {
    if (performance.now() - last < ms) return false;
    last = performance.now();
    return true;
  };
}

/** What is done {@link sparingly} has one part in so many of the time. */
const PARTS = 20;

/**
 * Does its work at the first call and then once in `ms`; once in twice that time when it would otherwise take more than a
 * twentieth of it, as what looks over everything that waits does while somebody's snapshot is held. `now` is a clock in ms.
 */
export function sparingly(
  ms: number,
  now: () => number = () => performance.now(),
): (work: () => Promise<void>) => Promise<void> {
  let dueAt = -Infinity;
  return async (work) => {
    const startedAt = now();
    if (startedAt < dueAt) return;
    try {
      await work();
    } finally {
      const rested = PARTS * (now() - startedAt);
      dueAt = startedAt + Math.min(Math.max(ms, rested), 2 * ms);
    }
  };
}
