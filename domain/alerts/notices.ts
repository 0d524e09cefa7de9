import type { Context } from '#platform/context.ts';
import {
  CHANNELS,
  claimDelivery,
  deleteAlertsBefore,
  endDelivery,
  insertTest,
  planNotices,
  type Channel,
  type DueDelivery,
} from './notice-queries.ts';

/** A way out. Must end within 45 s; rejects when what was said did not arrive. */
type Sender = (delivery: DueDelivery) => Promise<void>;
export type Senders = Partial<Record<Channel, Sender>>;

/** With the pauses below they take a night. */
const MAX_ATTEMPTS = 20;
const LONGEST_PAUSE_MS = 30 * 60_000;
/** How long a delivery is left to whoever took it, who may have died: longer than a sender takes. Units: ms. */
const RESERVED_MS = 60_000;
const KEPT_DAYS = 90;

/** 10 s, 20 s, 40 s … 30 min. */
function pauseAfter(attempt: number): number {
  return Math.min(10_000 * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
}

/**
 * Says what there is to say, on every way out there is, until `stop` aborts: what is of one alert in its order. What is muted
 * is noted and not said. Each has an id that stays the same when it is said again, because whoever said it died before noting
 * that.
 */
export async function deliverNotices(ctx: Context, senders: Senders, stop?: AbortSignal): Promise<void> {
  await planNotices(ctx, Object.keys(senders) as Channel[]);
  // Side by side: a mail server that answers slowly holds up no webhook.
  await Promise.all(CHANNELS.map((channel) => deliverOn(ctx, channel, senders[channel], stop)));
}

async function deliverOn(
  ctx: Context,
  channel: Channel,
  send: Sender | undefined,
  stop: AbortSignal | undefined,
): Promise<void> {
  const claim = () => claimDelivery(ctx.db, { channel, now: ctx.clock.now(), reservedMs: RESERVED_MS });
  for (let due = await claim(); due; due = stop?.aborted ? undefined : await claim()) await deliver(ctx, due, send);
}

async function deliver(ctx: Context, delivery: DueDelivery, send: Sender | undefined): Promise<void> {
  const { channel, attempt } = delivery;
  let failure: string | undefined;
  try {
    if (!send) throw new Error(`There is no ${channel} any more: it is not configured.`);
    await send(delivery);
  } catch (error) {
    failure = (error instanceof Error ? error.message : String(error)).slice(0, 500);
  }
  const at = ctx.clock.now();
  if (failure === undefined) return endDelivery(ctx.db, delivery, { state: 'sent', at });
  ctx.log.warn({ channel, attempt, notice: delivery.id, reason: failure }, 'an alert could not be told');
  const retryAt = new Date(at.getTime() + pauseAfter(attempt));
  const end =
    attempt < MAX_ATTEMPTS ? ({ state: 'pending', at, retryAt } as const) : ({ state: 'failed', at } as const);
  await endDelivery(ctx.db, delivery, { ...end, error: failure });
}

/** Has every way out say that it works. */
export async function sendTest(ctx: Context): Promise<void> {
  await insertTest(ctx.db);
}

/** Forgets alerts that ended more than 90 days ago, and what was told of them. */
export async function forgetOldAlerts(ctx: Context): Promise<void> {
  const count = await deleteAlertsBefore(ctx.db, new Date(ctx.clock.now().getTime() - KEPT_DAYS * 86_400_000));
  if (count > 0) ctx.log.info({ count }, 'forgot alerts that are long over');
}
