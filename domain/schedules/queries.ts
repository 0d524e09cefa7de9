import type { JobStatus } from '#domain/jobs/index.ts';
import type { Db } from '#platform/db/index.ts';
import { toSchedule, type ScheduleRow } from './rows.ts';
import type { RunOutcome, RunReason, Schedule, ScheduleInput } from './types.ts';

const SCHEDULES = 'platform.schedules';

export async function insertSchedule(
  db: Db,
  schedule: ScheduleInput & { id: string; nextDueAt: Date | undefined; createdBy: string; at: Date },
): Promise<void> {
  const { id, createdBy, at, nextDueAt, ...input } = schedule;
  await db(SCHEDULES).insert({
    id,
    ...columnsOf(input),
    next_due_at: nextDueAt ?? null,
    created_by: createdBy,
    created_at: at,
    updated_at: at,
  });
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

export async function updateSchedule(
  db: Db,
  id: string,
  { at, nextDueAt, ...input }: ScheduleInput & { at: Date; nextDueAt: Date | undefined },
): Promise<void> {
  await db(SCHEDULES)
    .where({ id })
    .update({ ...columnsOf(input), next_due_at: nextDueAt ?? null, updated_at: at, version: db.raw('version + 1') });
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

/** Whether a job that the schedule asked for has not ended yet. */
export async function isUnderWay(db: Db, scheduleId: string): Promise<boolean> {
  const run = await db('platform.schedule_runs as r')
    .join('platform.jobs as j', 'j.id', 'r.job_id')
    .where('r.schedule_id', scheduleId)
    .whereIn('j.status', ['queued', 'running', 'undoing'] satisfies JobStatus[])
    .first('r.job_id');
  return run !== undefined;
}

/** Forgets runs that were noted before. */
export async function deleteRunsBefore(db: Db, scheduleId: string, before: Date): Promise<void> {
  await db('platform.schedule_runs').where({ schedule_id: scheduleId }).where('noted_at', '<', before).delete();
}

function columnsOf({ name, work, cron, timezone, whenMissed }: ScheduleInput) {
  return { name, work, cron, timezone, when_missed: whenMissed };
}
