import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { observe, type Patience } from './hysteresis.ts';
import { findConditions, saveCondition, tryWatch } from './queries.ts';
import { openAlert, resolveAlert, type AlertInput } from './service.ts';

/** A condition that is watched; `alert` says what to tell while it is true, undefined while it is not. */
export type Condition = { key: string; patience: Patience; alert: Omit<AlertInput, 'key'> | undefined };

/**
 * Opens and resolves the alerts of what is watched, each once it has been so for long enough. To be called every few seconds;
 * of two who call at the same time one does nothing.
 */
export async function watchConditions(ctx: Context, conditions: readonly Condition[]): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    if (!(await tryWatch(tx.db))) return;
    const at = tx.clock.now();
    const known = await findConditions(tx.db);
    for (const { key, patience, alert } of conditions) {
      const { state, action } = observe(known.get(key), { isTrue: alert !== undefined, at }, patience);
      await saveCondition(tx.db, key, state);
      if (action === 'open') await openAlert(tx, { key, ...alert! });
      if (action === 'resolve') await resolveAlert(tx, key);
    }
  });
}
