import type { Context } from '#platform/context.ts';
import { inTenantLanes, isTransientFailure, withTransaction } from '#platform/db/index.ts';
import { toError } from '#platform/errors.ts';
import type { Consumer, Fact } from '../consumption/settle.ts';
import type { OutboxEvent } from '../types.ts';
import { advance, finishReplay, listNext, lockReplay, type Position } from './queries.ts';

/** Its stores' new events wait as long as one such batch takes. */
const AT_ONCE = 200;

/**
 * Applies the next events of the replay that runs, in one transaction with the note of how far it is, and only those that
 * the group has applied before: effects of an event that is known already count nothing, so what comes of it is what should
 * have been. One that fails is counted and passed over. Any number of workers may: the row of the replay is the fence. False
 * when there is nothing to do.
 */
export async function replayNext(ctx: Context, consumer: Consumer, atMost = AT_ONCE): Promise<boolean> {
  let events: OutboxEvent[] = [];
  try {
    return await withTransaction(ctx, async (tx) => {
      const position = await lockReplay(tx.db, consumer.group);
      if (!position) return false;
      events = await listNext(tx.db, consumer.group, position, atMost);
      if (events.length === 0) await finishReplay(tx.db, position, tx.clock.now());
      else await applyAgain(tx, consumer, position, events);
      return true;
    });
  } catch (error) {
    if (events.length === 0 || isTransientFailure(error)) throw error;
    if (events.length > 1) return replayNext(ctx, consumer, Math.ceil(events.length / 10));
    await passOver(ctx, consumer, events[0]!, toError(error).message);
    return true;
  }
}

async function applyAgain(
  tx: Context,
  consumer: Consumer,
  position: Position,
  events: readonly OutboxEvent[],
): Promise<void> {
  const verdicts = events.map((event) => ({ event, verdict: consumer.judge(event) }));
  const facts = verdicts.flatMap(({ event, verdict }): Fact[] =>
    verdict.outcome === 'applied' ? [{ event, payload: verdict.payload }] : [],
  );
  const failures = verdicts.flatMap(({ verdict }) => (verdict.outcome === 'dead_lettered' ? [verdict.failure] : []));
  const byTenant = Map.groupBy(facts, ({ event }) => event.tenantId);
  await inTenantLanes(tx, [...byTenant.keys()], (lane) => consumer.apply(lane, byTenant.get(lane.tenantId)!));
  const failed = failures.length;
  const step = { last: events.at(-1)!, applied: events.length - failed, failed, error: failures.at(-1)?.error };
  await advance(tx.db, position, step);
}

/** Goes on after an event that fails, unless another worker has gone on meanwhile. */
async function passOver(ctx: Context, { group }: Consumer, event: OutboxEvent, error: string): Promise<void> {
  const { eventId, tenantId, type } = event;
  ctx.log.warn({ eventId, tenantId, type, error }, 'an event could not be applied again and was passed over');
  await withTransaction(ctx, async (tx) => {
    const position = await lockReplay(tx.db, group);
    const [next] = position ? await listNext(tx.db, group, position, 1) : [];
    if (!position || next?.eventId !== eventId) return;
    await advance(tx.db, position, { last: event, applied: 0, failed: 1, error: error.slice(0, 500) });
  });
}
