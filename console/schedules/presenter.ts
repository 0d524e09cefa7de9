import { nextDues, SCHEDULED_WORK, type Schedule, type ScheduleRun } from '#domain/schedules/index.ts';
import { AppError } from '#platform/errors.ts';
import { actorName } from '#console/actors.ts';
import { inSentence } from './wording.ts';
import type { Viewer } from './viewer.ts';

const SHOWN_TIMES = 5;
const DUE_TIME = {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
} as const;
/** So long after it is due, nobody seems to look at the schedules any more. */
const OVERDUE_MS = 120_000;

/** What a list and the page of one tell of a schedule. */
export async function toScheduleView(schedule: Schedule & { lastRun?: ScheduleRun | undefined }, viewer: Viewer) {
  const { id, name, work, cron, timezone, whenMissed, nextDueAt, createdBy, createdAt } = schedule;
  const { t, locale, now } = viewer;
  const isOverdue = nextDueAt !== undefined && now.getTime() - nextDueAt.getTime() > OVERDUE_MS;
  const state = nextDueAt === undefined ? 'paused' : isOverdue ? 'overdue' : 'on';
  return {
    id,
    href: `/schedules/${id}`,
    name,
    work: t(`schedules:work_${work}`),
    sentence: (await inSentence(cron, locale)) ?? cron,
    cron,
    timezone,
    missed: t(`schedules:missed_${whenMissed}`),
    nextDueAt,
    isPaused: nextDueAt === undefined,
    look: { paused: 'paused', overdue: 'stalled', on: 'ok' }[state],
    label: t(`schedules:state_${state}`),
    lastRun: schedule.lastRun && toRunView(schedule.lastRun, viewer),
    createdBy: actorName(createdBy, t),
    createdAt,
  };
}

const LOOKS = {
  queued: 'running',
  running: 'running',
  undoing: 'running',
  succeeded: 'ok',
  failed: 'failed',
  cancelled: 'stopped',
} as const;

/** One run: what became of its job, or why there was none. */
export function toRunView({ dueAt, outcome, reason, slots, requestedBy, job }: ScheduleRun, { t, locale }: Viewer) {
  const seconds = job?.durationMs === undefined ? undefined : job.durationMs / 1000;
  return {
    id: `run-${dueAt.getTime()}`,
    dueAt,
    look: job ? LOOKS[job.status] : outcome === 'started' ? 'unknown' : 'warn',
    label: job ? t(`jobs:status_${job.status}`) : t(`schedules:outcome_${outcome}`, { count: slots }),
    reason: reason && t(`schedules:reason_${reason}`, { who: requestedBy && actorName(requestedBy, t) }),
    error: job?.error,
    jobHref: job && `/jobs/${job.id}`,
    seconds,
    took:
      seconds === undefined
        ? undefined
        : `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(seconds)} s`,
  };
}

/** What an expression means while it is typed: a sentence, and when it is due next. */
export async function toPreview({ cron, timezone }: { cron: string; timezone: string }, { t, locale, now }: Viewer) {
  try {
    const dues = nextDues({ cron, timezone }, { after: now, count: SHOWN_TIMES });
    const format = new Intl.DateTimeFormat(locale, { ...DUE_TIME, timeZone: timezone });
    return {
      sentence: await inSentence(cron, locale),
      times: dues.map((due) => format.format(due)),
      problem: undefined,
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { sentence: undefined, times: [], problem: t(`schedules:${error.code}`) };
  }
}

export function workChoices({ t }: Viewer) {
  return SCHEDULED_WORK.map((value) => ({ value, label: t(`schedules:work_${value}`) }));
}
