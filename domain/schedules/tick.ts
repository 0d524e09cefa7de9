import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { countDues, nextDue } from './cron.ts';
import { deleteRunsBefore, insertRun, isUnderWay, lockDue, updateNextDue } from './queries.ts';
import type { Schedule } from './types.ts';
import { REQUESTS } from './work.ts';

/** Later than this it was missed: a worker that was restarted is back by then. */
const ON_TIME_MS = 120_000;
/** Of a schedule that was forgotten for months it is enough to know that it was many. */
const COUNTED = 10_000;
const FORGET_AFTER_MS = 90 * 24 * 3_600_000;

/**
 * Runs what is due. Each due time is claimed by the row of its run, which commits with the job it asks for and with the
 * next due time: of several workers one does it, and none does it twice, whatever their clocks do. Due times that nobody
 * was there for are noted, and handled as the schedule wants it.
 */
export async function runDueSchedules(ctx: Context): Promise<void> {
  while (await runNextDue(ctx));
}

async function runNextDue(ctx: Context): Promise<boolean> {
  return withTransaction(ctx, async (tx) => {
    const now = tx.clock.now();
    const schedule = await lockDue(tx.db, now);
    if (!schedule) return false;
    const firstDue = schedule.nextDueAt!;
    const { count, last } = countDues(schedule, { after: firstDue, until: now, most: COUNTED });
    const lastDue = last ?? firstDue;
    const isOnTime = now.getTime() - lastDue.getTime() <= ON_TIME_MS;
    const missed = count + (isOnTime ? 0 : 1);
    if (missed > 0) await noteMissed(tx, schedule, { firstDue, missed, at: now });
    if (isOnTime) await start(tx, schedule, { dueAt: lastDue, isLate: false });
    else if (schedule.whenMissed === 'run_once') await start(tx, schedule, { dueAt: now, isLate: true });
    // A due time beyond those that were counted is passed over as well.
    await updateNextDue(tx.db, schedule.id, nextDue(schedule, now));
    await deleteRunsBefore(tx.db, schedule.id, new Date(now.getTime() - FORGET_AFTER_MS));
    return true;
  });
}

type Missed = { firstDue: Date; missed: number; at: Date };

async function noteMissed(tx: Context, { id, name }: Schedule, { firstDue, missed, at }: Missed): Promise<void> {
  const run = {
    scheduleId: id,
    dueAt: firstDue,
    outcome: 'missed',
    reason: 'scheduler_away',
    slots: missed,
    at,
  } as const;
  await insertRun(tx.db, run);
  tx.log.warn({ schedule: name, missed, since: firstDue }, 'due times were missed');
}

async function start(
  tx: Context,
  schedule: Schedule,
  { dueAt, isLate }: { dueAt: Date; isLate: boolean },
): Promise<void> {
  const run = { scheduleId: schedule.id, dueAt, at: tx.clock.now() };
  if (await isUnderWay(tx.db, schedule.id))
    return insertRun(tx.db, { ...run, outcome: 'skipped', reason: 'still_running' });
  const jobId = await REQUESTS[schedule.work](tx, `schedule ${schedule.name}`);
  await insertRun(tx.db, { ...run, outcome: 'started', ...(isLate && { reason: 'late' }), jobId });
}
