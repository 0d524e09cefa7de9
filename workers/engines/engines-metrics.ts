import { isKnownType, type Settled } from '#domain/events/index.ts';
import type { Metrics } from '#platform/metrics/index.ts';

export type EnginesMetrics = {
  settled(settled: readonly Settled[]): void;
  failed(): void;
  foreign(): void;
};

export function createEnginesMetrics(metrics: Metrics): EnginesMetrics {
  const settled = metrics.counter('engines_events_settled_total', 'Events settled, by what became of them', [
    'type',
    'outcome',
  ]);
  const delay = metrics.histogram('engines_effect_delay_seconds', 'From the outbox row to its committed effect');
  const failures = metrics.counter('engines_event_failures_total', 'Attempts at an event that failed');
  const foreign = metrics.counter('engines_foreign_entries_total', 'Stream entries that no relay of ours wrote');
  return {
    settled(events) {
      for (const { event, outcome } of events) {
        // Whatever is not in the catalogue is one series: a label must not grow with what producers invent.
        settled.inc({ type: isKnownType(event.type) ? event.type : 'unknown', outcome });
        delay.observe((Date.now() - event.createdAt.getTime()) / 1000);
      }
    },
    failed: () => failures.inc(),
    foreign: () => foreign.inc(),
  };
}
