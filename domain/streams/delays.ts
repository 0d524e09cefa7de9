import { DELAY_BOUNDS_MS } from '#domain/events/index.ts';

/** In ms. */
export type Percentiles = { p50: number; p95: number; p99: number };

/** Adds counts class by class; readings from before a class was added lack it. */
export function sumDelays(all: readonly (readonly number[])[]): number[] {
  const classes = Math.max(0, ...all.map((counts) => counts.length));
  return Array.from({ length: classes }, (_, index) => all.reduce((sum, counts) => sum + (counts[index] ?? 0), 0));
}

/**
 * Percentiles of the delays of what was done between two readings of the counters. Undefined when nothing was, or when the
 * counters went back (a restore), since nobody knows then. Within a class the delays count as evenly spread.
 */
export function percentilesBetween(older: readonly number[], newer: readonly number[]): Percentiles | undefined {
  const counts = newer.map((count, index) => count - (older[index] ?? 0));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= 0 || counts.some((count) => count < 0)) return undefined;
  return { p50: at(counts, total * 0.5), p95: at(counts, total * 0.95), p99: at(counts, total * 0.99) };
}

function at(counts: readonly number[], rank: number): number {
  let before = 0;
  for (const [index, count] of counts.entries()) {
    if (count > 0 && before + count >= rank) {
      const low = DELAY_BOUNDS_MS[index - 1] ?? 0;
      const high = DELAY_BOUNDS_MS[index] ?? low;
      return low + ((high - low) * (rank - before)) / count;
    }
    before += count;
  }
  return DELAY_BOUNDS_MS.at(-1)!;
}
