import type { Sample } from '#domain/droplets/index.ts';

const DAY_MS = 24 * 3_600_000;
/** Two samples further apart than this have a time between them of which nothing is known: the line breaks. */
const GAP_MS = 16 * 60_000;
const WIDTH = 120;
const HEIGHT = 28;

/** A day as a line in a box of 120 by 28, the present at the right edge; `top` is the value at the upper edge. */
export type Trend = { path: string; low: number; high: number };

type Point = { at: Date; value: number };

/** Undefined while there are fewer than two samples: one point is no trend. */
export function trendOf(
  samples: readonly Sample[],
  valueOf: (sample: Sample) => number | undefined,
  { now, top }: { now: Date; top: number },
): Trend | undefined {
  const points = samples.flatMap((sample) => {
    const value = valueOf(sample);
    return value === undefined ? [] : [{ at: sample.at, value }];
  });
  if (points.length < 2) return undefined;
  const values = points.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return { path: pathOf(points, { now, top: Math.max(top, high) }), low, high };
}

function pathOf(points: readonly Point[], { now, top }: { now: Date; top: number }): string {
  const x = ({ at }: Point) => (1 - (now.getTime() - at.getTime()) / DAY_MS) * WIDTH;
  const y = ({ value }: Point) => HEIGHT - 1 - (value / top) * (HEIGHT - 2);
  return points
    .map((point, index) => {
      const before = points[index - 1];
      const isBroken = !before || point.at.getTime() - before.at.getTime() > GAP_MS;
      return `${isBroken ? 'M' : 'L'}${x(point).toFixed(1)} ${y(point).toFixed(1)}`;
    })
    .join('');
}
