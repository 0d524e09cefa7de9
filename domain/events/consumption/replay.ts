import type { Context } from '#platform/context.ts';
import { inTenantLanes, isTransientFailure, withTransaction } from '#platform/db/index.ts';
import { toError } from '#platform/errors.ts';
import { LeaseLost, type OutboxEvent, type ShardLease } from '../types.ts';
import { countSettled } from './queries.ts';
import { failReplay, finishReplay, listReplaying, startReplay } from './replay-queries.ts';
import type { Consumer } from './settle.ts';

const AT_ONCE = 100;

/**
 * Tries the dead letters again that somebody has asked for, one transaction each: effect, outcome, and the fence of the
 * shard whose owner does it. One that fails is dead again, with its new error. To be called by the owner of one shard only,
 * the same for all letters. Returns how many were applied. Throws LeaseLost, and what the database being away fails with.
 */
export async function replayLetters(ctx: Context, consumer: Consumer, lease: ShardLease): Promise<number> {
  let applied = 0;
  for (const event of await listReplaying(ctx.db, consumer.group, AT_ONCE)) {
    const isFirstTry = await startReplay(ctx.db, consumer.group, event, ctx.clock.now());
    const failure = isFirstTry ? await tryReplay(ctx, consumer, lease, event) : 'Its worker died while it tried again.';
    if (failure === undefined) applied += 1;
    else await failReplay(ctx.db, consumer, event, { error: failure.slice(0, 2000), at: ctx.clock.now() });
  }
  return applied;
}

/** What went wrong, or nothing. */
async function tryReplay(
  ctx: Context,
  consumer: Consumer,
  lease: ShardLease,
  event: OutboxEvent,
): Promise<string | undefined> {
  const verdict = consumer.judge(event);
  if (verdict.outcome === 'dead_lettered') return verdict.failure.error;
  const at = ctx.clock.now();
  try {
    await withTransaction(ctx, async (tx) => {
      if (!(await finishReplay(tx.db, consumer.group, event, { outcome: verdict.outcome, at }))) return;
      if (verdict.outcome === 'applied')
        await inTenantLanes(tx, [event.tenantId], (lane) =>
          consumer.apply(lane, [{ event, payload: verdict.payload }]),
        );
      await countSettled(tx.db, lease, { settled: [], parked: 0, at });
    });
    return undefined;
  } catch (error) {
    if (error instanceof LeaseLost || isTransientFailure(error)) throw error;
    return toError(error).message;
  }
}
