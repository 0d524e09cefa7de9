import { DAY_KINDS, readRetention } from '#domain/retention/index.ts';
import type { Context } from '#platform/context.ts';
import type { Metrics } from '#platform/metrics/index.ts';
import { isOverdue, WHAT } from './presenter.ts';

/** What may keep a day beyond its term. */
const STUCK_BECAUSE = ['unpublished', 'unsettled', 'parked', 'dead_letter'] as const;

/**
 * Adds what is kept of events to the console's metrics. Returns what `/metrics` is to answer, `text` with these figures read
 * anew, or without them while they cannot be read.
 */
export function addRetentionMetrics(
  metrics: Metrics,
  ctx: Context,
  text: () => Promise<string>,
  read = readRetention,
): () => Promise<string> {
  const ahead = metrics.gauge('stream_days_ahead', 'Days from today on that have their partitions, without a hole');
  const misplaced = metrics.gauge('stream_misplaced_rows', 'Rows of days that had no partition', ['what']);
  const bytes = metrics.gauge('stream_days_bytes', 'Size of what is kept, with its indexes', ['what']);
  const overdue = metrics.gauge('stream_days_overdue', 'Days kept beyond their term', ['reason']);
  const gauges = [ahead, misplaced, bytes, overdue];
  return async () => {
    for (const gauge of gauges) gauge.reset();
    const report = await read(ctx).catch((error: unknown) => {
      ctx.log.warn({ err: error }, 'what is kept of events could not be read');
    });
    // A gauge without labels would say 0, which is what it must never say of what nobody knows.
    if (!report) ahead.set(NaN);
    else {
      ahead.set(report.daysAhead);
      for (const kind of DAY_KINDS) {
        const what = WHAT[kind];
        const days = report.days.filter((day) => day.kind === kind);
        misplaced.set({ what }, report.misplaced[kind]);
        bytes.set(
          { what },
          days.reduce((sum, day) => sum + day.bytes, 0),
        );
      }
      const stuck = report.days.filter((day) => isOverdue(day, report.asOf));
      for (const reason of STUCK_BECAUSE)
        overdue.set({ reason }, stuck.filter(({ keptBecause }) => keptBecause.includes(reason)).length);
    }
    return text();
  };
}
