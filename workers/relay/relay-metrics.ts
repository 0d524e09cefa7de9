import type { OutboxEvent } from '#domain/events/index.ts';
import type { Metrics } from '#platform/metrics/index.ts';

export type RelayMetrics = {
  published(events: readonly OutboxEvent[]): void;
  rebuilt(): void;
  failed(): void;
  active(isActive: boolean): void;
};

export function createRelayMetrics(metrics: Metrics): RelayMetrics {
  const published = metrics.counter('relay_events_published_total', 'Events published to the stream');
  const delay = metrics.histogram('relay_publish_delay_seconds', 'From the outbox row to its entry in the stream');
  const rebuilds = metrics.counter('relay_rebuilds_total', 'Times the stream was built again from the outbox');
  const failures = metrics.counter('relay_failures_total', 'Rounds that failed');
  const active = metrics.gauge('relay_active', '1 while this relay holds the lease, 0 while it stands by');
  return {
    published(events) {
      published.inc(events.length);
      for (const event of events) delay.observe((Date.now() - event.createdAt.getTime()) / 1000);
    },
    rebuilt: () => rebuilds.inc(),
    failed: () => failures.inc(),
    active: (isActive) => active.set(isActive ? 1 : 0),
  };
}
