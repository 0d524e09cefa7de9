import { listDueTenants, postpone, takeDue, type Engine } from '#domain/engines/index.ts';
import type { Context } from '#platform/context.ts';
import { inTenantLanes, isTransientFailure, withTransaction, type TenantLane } from '#platform/db/index.ts';
import type { Running } from '#platform/process.ts';
import { startLoop, type LoopState } from '../loop.ts';
import { pause } from '../wake-signal.ts';

/** Units: ms. What an event asks for is said this soon after. */
const LOOK_EVERY_MS = 1000;
const TENANTS_AT_ONCE = 20;
/** Of one store and engine in one transaction: its events wait as long. */
const SUBJECTS_AT_ONCE = 200;

/**
 * Works out what engines' handlers asked for, store after store. Any number of workers may: who comes second finds the
 * store's list taken. A store whose turn fails is tried again later and holds up no other.
 */
export function startRecomputeLoop(ctx: Context, engines: readonly Engine[]): Running & { state: () => LoopState } {
  const names = engines.map(({ name }) => name);
  return startLoop({
    log: ctx.log,
    async round(stop) {
      const due = { engines: names, now: ctx.clock.now(), limit: TENANTS_AT_ONCE };
      const tenantIds = await listDueTenants(ctx.db, due);
      for (const tenantId of tenantIds) if (!stop.aborted) await recomputeStore(ctx, engines, tenantId);
      if (tenantIds.length === 0) await pause(LOOK_EVERY_MS, stop);
    },
  });
}

async function recomputeStore(ctx: Context, engines: readonly Engine[], tenantId: string): Promise<void> {
  const inStore = (run: (lane: TenantLane) => Promise<void>) =>
    withTransaction(ctx, (tx) => inTenantLanes(tx, [tenantId], run));
  try {
    await inStore(async (lane) => {
      for (const engine of engines) await recompute(lane, engine);
    });
  } catch (error) {
    if (isTransientFailure(error)) throw error;
    ctx.log.error({ err: error, tenantId }, 'what an engine was asked to work out failed, and is tried again later');
    await inStore(postpone);
  }
}

async function recompute(lane: TenantLane, engine: Engine): Promise<void> {
  if (!engine.recompute) return;
  const subjects = await takeDue(lane, engine.name, SUBJECTS_AT_ONCE);
  if (subjects.length > 0) await engine.recompute(lane, subjects);
}
