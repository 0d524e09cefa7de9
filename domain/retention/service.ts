import { openAlert, resolveAlert } from '#domain/alerts/index.ts';
import type { Context } from '#platform/context.ts';
import { isTransientFailure } from '#platform/db/index.ts';
import {
  dropDay,
  listMisplacedDays,
  listMissingDays,
  listOverdueDays,
  listReasons,
  makeDay,
  updateTerms,
} from './queries.ts';
import type { Terms } from './types.ts';

/** So many days are there beforehand, so that a weekend without the worker that makes them is no matter. */
const AHEAD_DAYS = 7;

/** One alert, whoever is looking. */
const MISSING_ALERT = 'events:partition_missing';

/** From now on days are kept for so long. Throws what the database refuses terms with by which a mark goes before its event. */
export async function setTerms(ctx: Context, terms: Terms): Promise<void> {
  await updateTerms(ctx.db, terms);
}

/**
 * Makes the days to come, brings what came on a day without a partition to where it belongs, and drops the days that are over
 * and done with; to be called every few minutes. Each step is a transaction of its own, and one that finds a table busy ends
 * the round: nobody waits for it longer than half a second, and the next round goes on.
 */
export async function tendDays(ctx: Context): Promise<void> {
  try {
    await makeDays(ctx);
    await dropDays(ctx);
  } catch (error) {
    if (!isTransientFailure(error)) throw error;
    ctx.log.info({ err: error }, 'the days of events were busy, trying again later');
  }
}

/** Tells of rows that no day was there for, before it puts that right: it must not pass unnoticed that days are not made. */
async function makeDays(ctx: Context): Promise<void> {
  const misplaced = await listMisplacedDays(ctx.db);
  if (misplaced.length > 0) await alarm(ctx, misplaced);
  else await resolveAlert(ctx, MISSING_ALERT);
  for (const day of [...misplaced, ...(await listMissingDays(ctx.db, AHEAD_DAYS))]) await makeDay(ctx.db, day);
  if (misplaced.length > 0) ctx.log.warn({ misplaced }, 'rows of days without a partition were moved into one');
}

async function alarm(ctx: Context, misplaced: readonly { day: string }[]): Promise<void> {
  const days = [...new Set(misplaced.map(({ day }) => day))].join(', ');
  await openAlert(ctx, {
    key: MISSING_ALERT,
    severity: 'warning',
    title: 'Events came on days that have no partition',
    detail: `Nothing is lost: they are moved into partitions of ${days}. See that the ops worker runs and the clocks are right.`,
  });
}

async function dropDays(ctx: Context): Promise<void> {
  for (const day of await listOverdueDays(ctx.db)) {
    if ((await listReasons(ctx.db, day)).length > 0) continue;
    await dropDay(ctx.db, day);
    ctx.log.info(day, 'a day of events was dropped');
  }
}
