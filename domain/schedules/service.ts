import { recordAudit } from '#domain/audit/index.ts';
import type { Context } from '#platform/context.ts';
import { isUniqueViolation, withTransaction } from '#platform/db/index.ts';
import { Conflict, NotFound } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { nextDue } from './cron.ts';
import { getSchedule } from './listings.ts';
import { deleteSchedule, insertRun, insertSchedule, lockSchedule, updateNextDue, updateSchedule } from './queries.ts';
import type { Schedule, ScheduleInput } from './types.ts';
import { REQUESTS } from './work.ts';

/**
 * Has something done by the clock from now on. Throws InvalidInput `bad_cron` or `bad_timezone`, Conflict
 * `schedule_name_taken`, each naming the field.
 */
export async function createSchedule(ctx: Context, input: ScheduleInput): Promise<Schedule> {
  return withTransaction(ctx, async (tx) => {
    const [id, at] = [newId(), tx.clock.now()];
    const nextDueAt = nextDue(input, at);
    await insertSchedule(tx.db, { ...input, id, nextDueAt, createdBy: tx.actor.label, at });
    const schedule = await getSchedule(tx, id);
    await audit(tx, 'created', schedule, { after: input });
    return schedule;
  }).catch((error: unknown) => refuseTakenName(error, input.name));
}

/** Changes it; what was due before the change is not made up for. Throws as {@link createSchedule}, NotFound `schedule_not_found`. */
export async function changeSchedule(ctx: Context, id: string, input: ScheduleInput): Promise<Schedule> {
  return withTransaction(ctx, async (tx) => {
    const before = await getLocked(tx, id);
    const at = tx.clock.now();
    const nextDueAt = nextDue(input, at);
    const isPaused = before.nextDueAt === undefined;
    await updateSchedule(tx.db, id, { ...input, at, nextDueAt: isPaused ? undefined : nextDueAt });
    await audit(tx, 'changed', before, { before: inputOf(before), after: input });
    return getSchedule(tx, id);
  }).catch((error: unknown) => refuseTakenName(error, input.name));
}

/** Nothing is run until it is resumed. Nothing happens when it is paused already. Throws NotFound `schedule_not_found`. */
export async function pauseSchedule(ctx: Context, id: string): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const schedule = await getLocked(tx, id);
    if (schedule.nextDueAt === undefined) return;
    await updateNextDue(tx.db, id, undefined);
    await audit(tx, 'paused', schedule);
  });
}

/** Goes on with the next due time; those that went by while it was paused are not made up for. Throws as {@link pauseSchedule}. */
export async function resumeSchedule(ctx: Context, id: string): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const schedule = await getLocked(tx, id);
    if (schedule.nextDueAt !== undefined) return;
    await updateNextDue(tx.db, id, nextDue(schedule, tx.clock.now()));
    await audit(tx, 'resumed', schedule);
  });
}

/** Runs it now, besides its due times, also while it is paused. Returns the job's id. Throws NotFound `schedule_not_found`. */
export async function runScheduleNow(ctx: Context, id: string): Promise<string> {
  return withTransaction(ctx, async (tx) => {
    const schedule = await getLocked(tx, id);
    const at = tx.clock.now();
    const jobId = await REQUESTS[schedule.work](tx, `schedule ${schedule.name}, run by hand`);
    const requestedBy = tx.actor.label;
    await insertRun(tx.db, {
      scheduleId: id,
      dueAt: at,
      outcome: 'started',
      reason: 'by_hand',
      jobId,
      requestedBy,
      at,
    });
    await audit(tx, 'run_requested', schedule);
    return jobId;
  });
}

/** Its history goes with it; jobs that it asked for stay. Throws NotFound `schedule_not_found`. */
export async function removeSchedule(ctx: Context, id: string): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const schedule = await getLocked(tx, id);
    await deleteSchedule(tx.db, id);
    await audit(tx, 'deleted', schedule, { before: inputOf(schedule) });
  });
}

async function getLocked(tx: Context, id: string): Promise<Schedule> {
  const { id: known } = await getSchedule(tx, id);
  const schedule = await lockSchedule(tx.db, known);
  if (!schedule) throw new NotFound('schedule_not_found', 'There is no such schedule.');
  return schedule;
}

function refuseTakenName(error: unknown, name: string): never {
  if (!isUniqueViolation(error, 'schedules_by_name')) throw error;
  const [code, message] = ['schedule_name_taken', `There is a schedule called “${name}” already.`];
  throw new Conflict(code, message, { fields: [{ path: 'name', code, message }], cause: error });
}

const inputOf = ({ name, work, cron, timezone, whenMissed }: Schedule): ScheduleInput => ({
  name,
  work,
  cron,
  timezone,
  whenMissed,
});

type Changes = { before?: Record<string, unknown>; after?: Record<string, unknown> };

function audit(tx: Context, verb: string, { id, name }: Schedule, changes: Changes = {}): Promise<void> {
  return recordAudit(tx, { action: `schedule.${verb}`, subject: { type: 'schedule', id, label: name }, ...changes });
}
