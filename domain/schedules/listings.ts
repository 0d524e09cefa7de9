import type { JobStatus } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { NotFound } from '#platform/errors.ts';
import { isId } from '#platform/ids.ts';
import { toSchedule, type ScheduleRow } from './rows.ts';
import type { RunOutcome, RunReason, Schedule, ScheduledWork } from './types.ts';

/** One time that a schedule was due, or was run by hand. */
export type ScheduleRun = {
  dueAt: Date;
  outcome: RunOutcome;
  reason: RunReason | undefined;
  /** How many due times it stands for; more than one only when they were missed. */
  slots: number;
  requestedBy: string | undefined;
  notedAt: Date;
  /** How its job is; undefined when there is none, or none any more. */
  job: { id: string; status: JobStatus; durationMs: number | undefined; error: string | undefined } | undefined;
};

type RunRow = {
  due_at: Date;
  outcome: RunOutcome;
  reason: RunReason | null;
  slots: number;
  requested_by: string | null;
  noted_at: Date;
  job_id: string | null;
  status: JobStatus | null;
  started_at: Date | null;
  finished_at: Date | null;
  error_message: string | null;
};

/** Throws NotFound `schedule_not_found`. */
export async function getSchedule(ctx: Context, id: string): Promise<Schedule> {
  const row = isId(id) ? await ctx.db<ScheduleRow>('platform.schedules').where({ id }).first() : undefined;
  if (!row) throw new NotFound('schedule_not_found', 'There is no such schedule.');
  return toSchedule(row);
}

/** Every schedule, or those of one kind of work, with its newest run; what is due next first and the paused last. */
export async function listSchedules(
  ctx: Context,
  filter: { work?: ScheduledWork } = {},
): Promise<(Schedule & { lastRun: ScheduleRun | undefined })[]> {
  const rows = await ctx
    .db<ScheduleRow>('platform.schedules')
    .where(filter)
    .orderByRaw('next_due_at nulls last, lower(name)');
  return Promise.all(
    rows.map(async (row) => {
      const [lastRun] = await listRuns(ctx, row.id, { limit: 1 });
      return { ...toSchedule(row), lastRun };
    }),
  );
}

/** The runs of a schedule, newest first: up to `limit + 1`, so that the caller sees whether there are more. */
export async function listRuns(
  ctx: Context,
  scheduleId: string,
  { limit, after }: { limit: number; after?: readonly string[] | undefined },
): Promise<ScheduleRun[]> {
  const query = ctx
    .db('platform.schedule_runs as r')
    .leftJoin('platform.jobs as j', 'j.id', 'r.job_id')
    .where('r.schedule_id', scheduleId)
    .select<RunRow[]>('r.*', 'j.status', 'j.started_at', 'j.finished_at', 'j.error_message')
    .orderBy('r.due_at', 'desc')
    .limit(limit + 1);
  if (after) void query.where('r.due_at', '<', after[0]!);
  return (await query).map(toRun);
}

/** The place of a run in {@link listRuns}, for a cursor. */
export function runKey({ dueAt }: ScheduleRun): readonly string[] {
  return [dueAt.toISOString()];
}

function toRun(row: RunRow): ScheduleRun {
  const { started_at: started, finished_at: finished } = row;
  return {
    dueAt: row.due_at,
    outcome: row.outcome,
    reason: row.reason ?? undefined,
    slots: row.slots,
    requestedBy: row.requested_by ?? undefined,
    notedAt: row.noted_at,
    job:
      row.job_id === null || row.status === null
        ? undefined
        : {
            id: row.job_id,
            status: row.status,
            durationMs: started && finished ? finished.getTime() - started.getTime() : undefined,
            error: row.error_message ?? undefined,
          },
  };
}
