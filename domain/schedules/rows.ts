import type { MissedPolicy, Schedule, ScheduledWork } from './types.ts';

export type ScheduleRow = {
  id: string;
  name: string;
  work: ScheduledWork;
  cron: string;
  timezone: string;
  when_missed: MissedPolicy;
  next_due_at: Date | null;
  created_by: string;
  created_at: Date;
  updated_at: Date;
  version: number;
};

export function toSchedule(row: ScheduleRow): Schedule {
  return {
    id: row.id,
    name: row.name,
    work: row.work,
    cron: row.cron,
    timezone: row.timezone,
    whenMissed: row.when_missed,
    nextDueAt: row.next_due_at ?? undefined,
    createdBy: row.created_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  };
}
