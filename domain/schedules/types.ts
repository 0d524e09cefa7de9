/** What a schedule can have done; domain/schedules/work.ts says how each is asked for. */
export const SCHEDULED_WORK = ['reload_edges', 'publish_maps'] as const;
export type ScheduledWork = (typeof SCHEDULED_WORK)[number];

/** What to do about due times that nobody was there for: run once now, or wait for the next. */
export const MISSED_POLICIES = ['run_once', 'skip'] as const;
export type MissedPolicy = (typeof MISSED_POLICIES)[number];

export type Schedule = {
  id: string;
  name: string;
  work: ScheduledWork;
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  cron: string;
  /** Whose clock it goes by; IANA name. */
  timezone: string;
  whenMissed: MissedPolicy;
  /** Undefined while it is paused. */
  nextDueAt: Date | undefined;
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
  version: number;
};

export type ScheduleInput = Pick<Schedule, 'name' | 'work' | 'cron' | 'timezone' | 'whenMissed'>;

/** started: a job was asked for; skipped: the run before was still going; missed: nobody was there. */
export type RunOutcome = 'started' | 'skipped' | 'missed';
export type RunReason = 'by_hand' | 'late' | 'still_running' | 'scheduler_away';
