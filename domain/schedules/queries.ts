import type { Db } from '#platform/db/index.ts';
import { toSchedule, type ScheduleRow } from './rows.ts';
import type { RunOutcome, RunReason, Schedule, ScheduleInput } from './types.ts';

const SCHEDULES = 'platform.schedules';

/** False when another schedule has the name. */
export async function insertSchedule(
  db: Db,
  schedule: ScheduleInput & { id: string; nextDueAt: Date | undefined; createdBy: string; at: Date },
): Promise<boolean> {
  const { id, createdBy, at, nextDueAt, ...input } = schedule;
  const inserted = await db(SCHEDULES)
    .insert({
      id,
      ...columnsOf(input),
      next_due_at: nextDueAt ?? null,
      created_by: createdBy,
      created_at: at,
      updated_at: at,
    })
    .onConflict(db.raw('(lower(name))'))
    .ignore()
    .returning('id');
  return inserted.length > 0;
}

/** Locked until the transaction ends. */
export async function lockSchedule(db: Db, id: string): Promise<Schedule | undefined> {
  const row = await db<ScheduleRow>(SCHEDULES).where({ id }).forUpdate().first();
  return row && toSchedule(row);
}

/** One that is due, locked; passes over those that another worker has in hand. */
export async function lockDue(db: Db, now: Date): Promise<Schedule | undefined> {
  const row = await db<ScheduleRow>(SCHEDULES)
    .where('next_due_at', '<=', now)
    .orderBy('next_due_at')
    .forUpdate()
    .skipLocked()
    .first();
  return row && toSchedule(row);
}

export async function updateNextDue(db: Db, id: string, nextDueAt: Date | undefined): Promise<void> {
  await db(SCHEDULES)
    .where({ id })
    .update({ next_due_at: nextDueAt ?? null });
}

/** False when another schedule has the name. */
export async function updateSchedule(
  db: Db,
  id: string,
  { at, nextDueAt, ...input }: ScheduleInput & { at: Date; nextDueAt: Date | undefined },
): Promise<boolean> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `select 1 from platform.schedules where lower(name) = lower(:name) and id <> :id`,
    { name: input.name, id },
  );
  if (rows.length > 0) return false;
  await db(SCHEDULES)
    .where({ id })
    .update({ ...columnsOf(input), next_due_at: nextDueAt ?? null, updated_at: at, version: db.raw('version + 1') });
  return true;
}

export async function deleteSchedule(db: Db, id: string): Promise<void> {
  await db(SCHEDULES).where({ id }).delete();
}

type Run = {
  scheduleId: string;
  dueAt: Date;
  outcome: RunOutcome;
  reason?: RunReason;
  slots?: number;
  jobId?: string;
  requestedBy?: string;
  at: Date;
};

export async function insertRun(db: Db, run: Run): Promise<void> {
  await db('platform.schedule_runs').insert({
    schedule_id: run.scheduleId,
    due_at: run.dueAt,
    outcome: run.outcome,
    reason: run.reason ?? null,
    slots: run.slots ?? 1,
    job_id: run.jobId ?? null,
    requested_by: run.requestedBy ?? null,
    noted_at: run.at,
  });
}

/** Forgets runs that were noted before. */
export async function deleteRunsBefore(db: Db, scheduleId: string, before: Date): Promise<void> {
  await db('platform.schedule_runs').where({ schedule_id: scheduleId }).where('noted_at', '<', before).delete();
}

function columnsOf({ name, work, cron, timezone, whenMissed }: ScheduleInput) {
  return { name, work, cron, timezone, when_missed: whenMissed };
}
