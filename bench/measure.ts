/** One figure of a benchmark. `spread` is [lowest, highest] over the runs; `goal` is the most (or least) it may be. */
export type Measure = {
  id: string;
  value: number;
  unit: string;
  goal: string;
  runs: number;
  spread: [number, number];
};

/** The q-quantile (0–1) by the nearest-rank method; NaN of nothing. */
function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/** The middle of the values; of an even number, the lower of the two in the middle. */
export const median = (values: readonly number[]) => quantile(values, 0.5);

type Named = { id: string; unit: string; goal: string };

/** The median of repeated runs, with their lowest and highest. */
export function medianOf(named: Named, values: readonly number[]): Measure {
  return {
    ...named,
    value: round(median(values)),
    runs: values.length,
    spread: [Math.min(...values), Math.max(...values)].map(round) as [number, number],
  };
}

/**
 * A percentile of many samples that were taken in `rounds` rounds: the value is over all samples, the spread is that of
 * the rounds' own percentiles, which tells how much the machine's mood matters.
 */
export function percentileOf(named: Named, q: number, rounds: readonly (readonly number[])[]): Measure {
  const each = rounds.map((samples) => quantile(samples, q));
  return {
    ...named,
    value: round(quantile(rounds.flat(), q)),
    runs: rounds.flat().length,
    spread: [round(Math.min(...each)), round(Math.max(...each))],
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** The figures as a table for people. */
export function table(measures: readonly Measure[]): string {
  const rows = measures.map((m) => [
    m.id,
    String(m.value),
    m.unit,
    m.goal,
    String(m.runs),
    `${m.spread[0]} … ${m.spread[1]}`,
  ]);
  const all = [['figure', 'value', 'unit', 'goal', 'runs', 'spread'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')).join('\n');
}
