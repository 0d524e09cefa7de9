import { listOpenAlerts } from '#domain/alerts/index.ts';
import type { Context } from '#platform/context.ts';
import type { Metrics } from '#platform/metrics/index.ts';

/**
 * Adds the open alerts to the console's metrics. Returns what `/metrics` is to answer, `text` with these figures read anew, or
 * without them while they cannot be read.
 */
export function addAlertMetrics(metrics: Metrics, ctx: Context, text: () => Promise<string>): () => Promise<string> {
  const open = metrics.gauge('alerts_open', 'Alerts that are open', ['severity']);
  return async () => {
    open.reset();
    const alerts = await listOpenAlerts(ctx).catch((error: unknown) => {
      ctx.log.warn({ err: error }, 'the alerts could not be read');
    });
    for (const severity of ['warning', 'critical'] as const)
      if (alerts) open.set({ severity }, alerts.filter((alert) => alert.severity === severity).length);
    return text();
  };
}
