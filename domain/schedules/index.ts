export { nextDues } from './cron.ts';
export { scheduleFields } from './fields.ts';
export { getSchedule, listRuns, listSchedules, runKey, type ScheduleRun } from './listings.ts';
export {
  changeSchedule,
  createSchedule,
  pauseSchedule,
  removeSchedule,
  resumeSchedule,
  runScheduleNow,
} from './service.ts';
export { runDueSchedules } from './tick.ts';
export { MISSED_POLICIES, SCHEDULED_WORK } from './types.ts';
export type { Schedule, ScheduleInput } from './types.ts';
