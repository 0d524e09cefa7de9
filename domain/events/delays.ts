/**
 * Upper bounds of the classes in which delays are counted, in ms from an event's commit; one more class holds what took
 * longer. Close enough together that a percentile read from them is off by a fifth at most. Stored counts mean what these
 * bounds say, so they can be added to at the end and not changed otherwise.
 */
export const DELAY_BOUNDS_MS = [
  1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20, 30, 40, 50, 70, 100, 150, 200, 300, 400, 500, 700, 1000, 1500, 2000, 3000, 5000,
  7000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000,
] as const;

/**
 * SQL: `counts` (an array column) with the events of `from` added, a relation with `created_at`; by the database's clock,
 * which wrote that moment too. Takes the bounds as its two parameters, see {@link delayParameters}.
 */
export function addDelays(counts: string, from: string): string {
  return `(select array_agg(coalesce(u.known, 0) + coalesce(n.count, 0) order by k.class)
      from generate_series(1, ?::int) as k (class)
      left join unnest(${counts}) with ordinality as u (known, class) on u.class = k.class
      left join (select 1 + width_bucket(extract(epoch from clock_timestamp() - e.created_at)::float8 * 1000, ?::float8[]) as class,
                        count(*) as count from ${from} e group by 1) n on n.class = k.class)`;
}

export const delayParameters = (): [number, number[]] => [DELAY_BOUNDS_MS.length + 1, [...DELAY_BOUNDS_MS]];
