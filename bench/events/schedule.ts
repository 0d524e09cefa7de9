import { setTimeout as pause } from 'node:timers/promises';

type Load = { perSecond: number; seconds: number; perCommit: number };

/** How late a commit may begin before the load counts as not offered. Units: ms. */
const LATE_MS = 100;
const AT_ONCE = 4;

/**
 * Calls `commit` at times that are fixed beforehand, whether or not anybody keeps up with what it commits: a pipeline that
 * is slow gets no fewer events for it. At most four at once. Returns the share of commits that began late.
 */
export async function onSchedule(
  { perSecond, seconds, perCommit }: Load,
  commit: (index: number) => Promise<void>,
): Promise<number> {
  const everyMs = (perCommit / perSecond) * 1000;
  const count = Math.round((perSecond * seconds) / perCommit);
  const startedAt = performance.now();
  let next = 0;
  let late = 0;
  const work = async () => {
    while (next < count) {
      const index = next++;
      const dueInMs = startedAt + index * everyMs - performance.now();
      if (dueInMs > 0) await pause(dueInMs);
      if (dueInMs < -LATE_MS) late++;
      await commit(index);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return late / count;
}
