import type { Sample, SampleWindow } from './window.ts';

/** A rate stands for a span when at least this share of it was seen: 10 s of a minute. */
const LEAST_SEEN = 1 / 6;
const MINUTE_MS = 60_000;
/** How far back the range of a drain time looks. */
const RANGE_MS = 5 * MINUTE_MS;

/** Events per second. */
export type FlowRates = { in: number; out: number };

/** Times until nothing waits, in ms: Infinity when the backlog does not shrink. `best` ≤ `likely` ≤ `worst`. */
export type DrainRange = { best: number; likely: number; worst: number };

/**
 * Events per second, in and out, over the last `spanMs` before the newest reading. Undefined when less than a sixth of the
 * span was seen. Where a counter went back (a restart, a restore) nobody knows what was done, so neither the difference nor
 * its time counts: no negative rate and no spike. A hole counts in full: its ends say exactly what was done in it.
 */
export function ratesOf(window: SampleWindow, spanMs: number): FlowRates | undefined {
  const newest = window.at(-1);
  if (!newest) return undefined;
  const since = newest.at.getTime() - spanMs;
  const sum = { in: 0, out: 0, ms: 0 };
  for (const [older, newer] of neighbours(window.filter(({ at }) => at.getTime() >= since))) {
    if (newer.published < older.published || newer.processed < older.processed) continue;
    sum.in += newer.published - older.published;
    sum.out += newer.processed - older.processed;
    sum.ms += newer.at.getTime() - older.at.getTime();
  }
  if (sum.ms === 0 || sum.ms < spanMs * LEAST_SEEN) return undefined;
  return { in: (sum.in / sum.ms) * 1000, out: (sum.out / sum.ms) * 1000 };
}

/**
 * How long the backlog will take, with what arrives meanwhile: `likely` at the net rate of the last minute, `best` and
 * `worst` at the highest and the lowest that a minute had in the last five. Single readings would say "never" of every flow
 * that works in batches. Undefined when too little is known of the last minute.
 */
export function drainRange(backlog: number, window: SampleWindow): DrainRange | undefined {
  if (backlog <= 0) return { best: 0, likely: 0, worst: 0 };
  const now = netPerSecond(window);
  if (now === undefined) return undefined;
  const since = window.at(-1)!.at.getTime() - RANGE_MS + MINUTE_MS;
  const minutes = window
    .flatMap(({ at }, index) => (at.getTime() >= since ? [netPerSecond(window.slice(0, index + 1))] : []))
    .filter((net) => net !== undefined);
  const drainMs = (net: number) => (net > 0 ? (backlog / net) * 1000 : Infinity);
  return { best: drainMs(Math.max(...minutes)), likely: drainMs(now), worst: drainMs(Math.min(...minutes)) };
}

/** By how much the backlog shrank per second in the minute before the newest reading; below zero while it grew. */
function netPerSecond(window: SampleWindow): number | undefined {
  const rates = ratesOf(window, MINUTE_MS);
  return rates && rates.out - rates.in;
}

function neighbours(window: SampleWindow): [Sample, Sample][] {
  return window.slice(1).map((newer, index) => [window[index]!, newer]);
}
