/** One reading of the committed counters of a stage: a group of a shard, or the relay between outbox and stream. */
export type Sample = {
  at: Date;
  /** What ever came in. Both counters only mean something as a difference: they start lower again after a restore. */
  published: number;
  /** What ever was done with, a replay's repetitions among it. */
  processed: number;
  /**
   * What waits and may be worked on; events parked behind a dead letter are not in it, or a quiet shard with a parked key
   * would look stalled for ever. A moment below zero is possible: an effect may commit before the mark of publication.
   */
  backlog: number;
  /** Since the commit of the oldest event that waits, in ms; undefined when none does, or when nobody knows. */
  oldestAgeMs: number | undefined;
};

/** Readings about 5 s apart, the oldest first. It may be short, and have holes where nobody was there to read. */
export type SampleWindow = readonly Sample[];

/**
 * For how long, in ms up to the newest reading, work has waited and none was done; 0 when that is not so. A counter that
 * went back has moved, too: what was restored or rewound gets its full time again. A hole between two equal readings
 * hides nothing, since a counter that moved would differ after it.
 */
export function stuckMs(window: SampleWindow): number {
  return runMs(window, (older, newer) => older.processed === newer.processed && older.backlog > 0 && newer.backlog > 0);
}

/** For how long, in ms up to the newest reading, the backlog was never empty and no reading was below the one before. */
export function notFallingMs(window: SampleWindow): number {
  return runMs(window, (older, newer) => older.backlog > 0 && older.backlog <= newer.backlog);
}

/**
 * How long the oldest event has waited for this stage, in ms; undefined when its age is. Nothing that waits now was here when
 * the stage was last seen empty or was not yet rewound, however old it is: a long transaction, the relay's outage and what is
 * done a second time are not this stage's delay.
 */
export function waitedMs(window: SampleWindow): number | undefined {
  const newest = window.at(-1);
  if (newest?.oldestAgeMs === undefined) return undefined;
  const before = window.findLast(
    ({ backlog, processed }, index) => backlog <= 0 || processed > (window[index + 1]?.processed ?? Infinity),
  );
  return Math.min(newest.oldestAgeMs, before ? newest.at.getTime() - before.at.getTime() : Infinity);
}

/** The length of the run of neighbours, counted from the newest back, of which `holds` is true. */
function runMs(window: SampleWindow, holds: (older: Sample, newer: Sample) => boolean): number {
  const last = window.length - 1;
  let first = last;
  while (first > 0 && holds(window[first - 1]!, window[first]!)) first -= 1;
  return last < 0 ? 0 : window[last]!.at.getTime() - window[first]!.at.getTime();
}
