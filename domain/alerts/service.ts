import type { Context } from '#platform/context.ts';
import { newId } from '#platform/ids.ts';
import { closeAlerts, upsertAlert } from './queries.ts';

export type AlertInput = {
  /** What is wrong with what, like `droplet:edge:host_key`: one alert at most is open per key. */
  key: string;
  severity: 'warning' | 'critical';
  title: string;
  detail: string;
  tenantId?: string;
};

/** Opens the alert, or says of the open one with this key that it still holds, with the newest detail. */
export async function openAlert(ctx: Context, input: AlertInput): Promise<void> {
  await upsertAlert(ctx.db, { id: newId(), at: ctx.clock.now(), input });
}

/** Resolves the open alert with this key; true when there was one. */
export async function resolveAlert(ctx: Context, key: string): Promise<boolean> {
  return resolveAlerts(ctx, [key]);
}

/** Resolves the open alerts with these keys; true when there was one. */
export async function resolveAlerts(ctx: Context, keys: readonly string[]): Promise<boolean> {
  return closeAlerts(ctx.db, keys, ctx.clock.now());
}
