import type { Db } from '#platform/db/database.ts';
import { ignoreBecause } from '#platform/errors.ts';
import { notifyOutbox } from './queries.ts';

/** At most one wake-up in this time per process. Units: ms. */
const QUIET_MS = 5;

/** One per pool and so one per process, although each request makes a context of its own. */
const wakeUps = new WeakMap<Db, () => void>();

/**
 * Wakes the relay. A NOTIFY inside the business transaction would hold a cluster-wide lock through its commit, and every
 * store's commits would queue for each other's fsync. So it is sent after the commit, on another connection of the pool
 * and at most once per 5 ms: at once when it has been quiet, else when the quiet time ends.
 */
export function wakeUpOf(pool: Db): () => void {
  const known = wakeUps.get(pool);
  if (known) return known;
  const made = createWakeUp(pool);
  wakeUps.set(pool, made);
  return made;
}

function createWakeUp(pool: Db): () => void {
  let quietUntil = 0;
  let timer: NodeJS.Timeout | undefined;
  const send = () => {
    timer = undefined;
    quietUntil = performance.now() + QUIET_MS;
    notifyOutbox(pool).catch(ignoreBecause('the relay polls every second and finds the event without us'));
  };
  return () => {
    if (timer) return;
    const waitMs = quietUntil - performance.now();
    if (waitMs <= 0) send();
    else timer = setTimeout(send, waitMs).unref();
  };
}
