import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from './prom-client.ts';

export type Metrics = {
  /** What `/metrics` answers. */
  text: () => Promise<string>;
  /** Seconds per request, labelled by the route's template: an address of a request would make a series per tenant. */
  httpDuration: Histogram<'method' | 'route' | 'status'>;
  counter<L extends string = never>(name: string, help: string, labels?: readonly L[]): Counter<L>;
  gauge<L extends string = never>(name: string, help: string, labels?: readonly L[]): Gauge<L>;
  /** Of durations in seconds, unless `buckets` says otherwise. */
  histogram<L extends string = never>(name: string, help: string, options?: HistogramOptions<L>): Histogram<L>;
};

type HistogramOptions<L extends string> = { labels?: readonly L[]; buckets?: number[] };

/** From one millisecond to a minute: a fast query, and a reader that had to wait for an outage to end. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60];

/** The numbers of one process, in a registry of its own so that two of them can live in one test. */
export function createMetrics(process: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ process });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const histogram: Metrics['histogram'] = (name, help, { labels = [], buckets = DURATION_BUCKETS } = {}) =>
    new Histogram({ name, help, labelNames: [...labels], buckets, registers });
  return {
    text: () => registry.metrics(),
    httpDuration: histogram('http_request_duration_seconds', 'Time to answer a request', {
      labels: ['method', 'route', 'status'],
    }),
    counter: (name, help, labels = []) => new Counter({ name, help, labelNames: [...labels], registers }),
    gauge: (name, help, labels = []) => new Gauge({ name, help, labelNames: [...labels], registers }),
    histogram,
  };
}
