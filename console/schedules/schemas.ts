import { z } from 'zod';
import {
  MISSED_POLICIES,
  SCHEDULED_WORK,
  scheduleFields,
  type Schedule,
  type ScheduleInput,
  type ScheduleRun,
} from '#domain/schedules/index.ts';
import { JOB_STATUSES } from '#domain/jobs/index.ts';
import { inputObject } from '#console/api/input-object.ts';
import { moment } from '#console/api/paging.ts';
import { jobSchema } from '#console/jobs/schemas.ts';

export const scheduleInput = inputObject({
  name: scheduleFields.name,
  work: scheduleFields.work,
  cron: scheduleFields.cron.meta({ example: '30 4 * * 1-5' }),
  timezone: scheduleFields.timezone.default('America/Sao_Paulo'),
  when_missed: scheduleFields.whenMissed.default('skip'),
}).meta({ id: 'ScheduleInput' });

export const scheduleSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    work: z.enum(SCHEDULED_WORK),
    cron: z.string(),
    timezone: z.string(),
    when_missed: z.enum(MISSED_POLICIES),
    next_due_at: moment.nullable().meta({ description: 'Null while it is paused.' }),
    created_by: z.string(),
    created_at: moment,
    updated_at: moment,
    version: z.int(),
  })
  .meta({ id: 'Schedule' });

export const schedulesSchema = z.object({ items: z.array(scheduleSchema) });

export const runSchema = z
  .object({
    due_at: moment,
    outcome: z.enum(['started', 'skipped', 'missed']),
    reason: z.enum(['by_hand', 'late', 'still_running', 'scheduler_away']).nullable(),
    slots: z.int().meta({ description: 'How many due times it stands for.' }),
    requested_by: z.string().nullable(),
    job: z
      .object({
        id: z.uuid(),
        status: z.enum(JOB_STATUSES),
        duration_ms: z.number().nullable(),
        error: z.string().nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'ScheduleRun' });

export const startedRun = z.object({ job: jobSchema }).meta({ id: 'StartedRun' });

export function toInput({ when_missed: whenMissed, ...rest }: z.output<typeof scheduleInput>): ScheduleInput {
  return { ...rest, whenMissed };
}

export function toScheduleJson(schedule: Schedule): z.input<typeof scheduleSchema> {
  return {
    id: schedule.id,
    name: schedule.name,
    work: schedule.work,
    cron: schedule.cron,
    timezone: schedule.timezone,
    when_missed: schedule.whenMissed,
    next_due_at: schedule.nextDueAt?.toISOString() ?? null,
    created_by: schedule.createdBy,
    created_at: schedule.createdAt.toISOString(),
    updated_at: schedule.updatedAt.toISOString(),
    version: schedule.version,
  };
}

export function toRunJson({ dueAt, outcome, reason, slots, requestedBy, job }: ScheduleRun): z.input<typeof runSchema> {
  return {
    due_at: dueAt.toISOString(),
    outcome,
    reason: reason ?? null,
    slots,
    requested_by: requestedBy ?? null,
    job: job ? { id: job.id, status: job.status, duration_ms: job.durationMs ?? null, error: job.error ?? null } : null,
  };
}
