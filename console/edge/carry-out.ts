import { AppError } from '#platform/errors.ts';

const CHANGED = new Set(['plan_changed', 'drift_changed']);

/** Does what was confirmed; when by now something else would be done, nothing is, and `redraw` shows the page anew. */
export async function carryOut(confirmed: () => Promise<void>, redraw: () => Promise<void>): Promise<void> {
  try {
    await confirmed();
  } catch (error) {
    if (!(error instanceof AppError) || !CHANGED.has(error.code)) throw error;
    await redraw();
  }
}
