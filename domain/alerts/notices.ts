import type { Context } from '#platform/context.ts';
import {
  claimDeliveries,
  endDelivery,
  insertTest,
  planNotices,
  type Channel,
  type DueDelivery,
} from './notice-queries.ts';

/** A way out. Must answer within `timeoutMs` of its own; rejects when what was said did not arrive. */
type Sender = (delivery: DueDelivery) => Promise<void>;
export type Senders = Partial<Record<Channel, Sender>>;

/** With the pauses below they take a night. */
const MAX_ATTEMPTS = 20;
const LONGEST_PAUSE_MS = 30 * 60_000;

/** 10 s, 20 s, 40 s … 30 min. Also how long a delivery is left to whoever took it, who may have died. */
function pauseAfter(attempt: number): number {
  return Math.min(10_000 * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
}

/**
 * Says what there is to say, on every way out there is: of an alert that opened before it ended. What is muted is noted and
 * not said. Each has an id that stays the same when it is said again, because whoever said it died before noting that.
 */
export async function deliverNotices(ctx: Context, senders: Senders): Promise<void> {
  await planNotices(ctx, Object.keys(senders) as Channel[]);
  for (const delivery of await claimDeliveries(ctx.db, ctx.clock.now(), pauseAfter))
    await deliver(ctx, senders, delivery);
}

async function deliver(ctx: Context, senders: Senders, delivery: DueDelivery): Promise<void> {
  const { channel, attempt } = delivery;
  try {
    const send = senders[channel];
    if (!send) throw new Error(`There is no ${channel} any more: it is not configured.`);
    await send(delivery);
    await endDelivery(ctx.db, delivery, { state: 'sent', at: ctx.clock.now() });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    ctx.log.warn({ channel, attempt, notice: delivery.id, reason }, 'an alert could not be told, trying again');
    const state = attempt < MAX_ATTEMPTS ? 'pending' : 'failed';
    await endDelivery(ctx.db, delivery, { state, error: reason.slice(0, 500), at: ctx.clock.now() });
  }
}

/** Has every way out say that it works. */
export async function sendTest(ctx: Context): Promise<void> {
  await insertTest(ctx.db);
}
