import { listDueTenants, postpone, takeDue, WHOLE_STORE, type Engine } from '#domain/engines/index.ts';
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
/** Shorter than events wait for their store, which is shorter than a shard's lease. */
const LIMIT_STATEMENTS = `set local statement_timeout = '3s'`;

/**
 * Works out what engines' handlers asked for, store after store and round again. Any number of workers may: who comes second
 * finds the store's list taken. What fails is tried again later and holds up nothing else, of its store or of another.
 */
export function startRecomputeLoop(ctx: Context, engines: readonly Engine[]): Running & { state: () => LoopState } {
  const working = engines.filter(({ recompute }) => recompute !== undefined);
  const names = working.map(({ name }) => name);
  // No store has the nil UUID.
  const first = WHOLE_STORE;
  let after = first;
  return startLoop({
    log: ctx.log,
    async round(stop) {
      const due = { engines: names, now: ctx.clock.now(), after, limit: TENANTS_AT_ONCE };
      const tenantIds = await listDueTenants(ctx.db, due);
      const isWholeRound = after === first;
      for (const tenantId of tenantIds) {
        if (stop.aborted) return;
        // Before the work, or a store that is busy for long would be all we ever try.
        after = tenantId;
        for (const engine of working) await recompute(ctx, { engine, tenantId }, SUBJECTS_AT_ONCE);
      }
      if (tenantIds.length < TENANTS_AT_ONCE) after = first;
      if (isWholeRound && tenantIds.length === 0) await pause(LOOK_EVERY_MS, stop);
    },
  });
}

type Work = { engine: Engine; tenantId: string };

/**
 * Works out what is due, in one transaction. When that fails it tries with fewer, and again, until it has done some or found
 * one that fails by itself, which is put off.
 */
async function recompute(ctx: Context, work: Work, atMost: number): Promise<void> {
  const { engine, tenantId } = work;
  let subjects: string[] = [];
  try {
    await inStore(ctx, tenantId, async (lane) => {
      subjects = await takeDue(lane, engine.name, atMost);
      if (subjects.length > 0) await engine.recompute!(lane, subjects);
    });
  } catch (error) {
    const [subject] = subjects;
    if (subject === undefined || isTransientFailure(error)) throw error;
    if (subjects.length > 1) return recompute(ctx, work, Math.ceil(subjects.length / 10));
    ctx.log.error(
      { err: error, tenantId, engine: engine.name, subject },
      'working it out failed, and is tried again later',
    );
    await inStore(ctx, tenantId, (lane) => postpone(lane, engine.name, subject));
  }
}

async function inStore(ctx: Context, tenantId: string, run: (lane: TenantLane) => Promise<void>): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    await tx.db.raw(LIMIT_STATEMENTS);
    await inTenantLanes(tx, [tenantId], run);
  });
}
