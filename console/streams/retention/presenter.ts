import type { DayKind, KeptDay, RetentionReport } from '#domain/retention/index.ts';
import { countOr, megabytes, type Words } from '../words.ts';

/** What people call what the tables hold. */
export const WHAT: Record<DayKind, 'events' | 'marks'> = { outbox: 'events', processed: 'marks' };

/** Fewer days than this beforehand, and somebody should see why none are made. */
const ENOUGH_AHEAD = 2;

type Row = {
  day: string;
  events: string;
  eventsSize: string;
  marksSize: string;
  /** When it goes, if nothing keeps it. */
  at: Date | undefined;
  reasons: string[];
  isOverdue: boolean;
};

type RetentionView = {
  asOf: Date;
  status: 'ok' | 'warn';
  verdict: string;
  terms: string;
  ahead: string;
  rows: Row[];
};

export function presentRetention(report: RetentionReport, words: Words): RetentionView {
  const { t } = words;
  const verdict = verdictOn(report, words);
  return {
    asOf: report.asOf,
    status: verdict.isWell ? 'ok' : 'warn',
    verdict: verdict.text,
    terms: t('retention:terms', { events: report.terms.outboxDays, marks: report.terms.marksDays }),
    ahead: t('retention:ahead', { count: report.daysAhead }),
    rows: [...Map.groupBy(report.days, ({ day }) => day)].map(([day, kept]) => toRow(day, kept, report.asOf, words)),
  };
}

/** Kept although its term is over, so that it is a matter for somebody; marks that only wait for their events are none. */
export function isOverdue({ droppableAt, keptBecause }: KeptDay, now: Date): boolean {
  return droppableAt.getTime() <= now.getTime() && keptBecause.some((reason) => reason !== 'outbox_kept');
}

/** The worst first: where rows go must be right before where they leave. */
function verdictOn(report: RetentionReport, { t }: Words): { isWell: boolean; text: string } {
  const misplaced = report.misplaced.outbox + report.misplaced.processed;
  if (misplaced > 0) return { isWell: false, text: t('retention:misplaced', { count: misplaced }) };
  if (report.daysAhead < ENOUGH_AHEAD) return { isWell: false, text: t('retention:not_ahead') };
  const stuck = new Set(report.days.filter((day) => isOverdue(day, report.asOf)).map(({ day }) => day));
  if (stuck.size > 0) return { isWell: false, text: t('retention:stuck', { count: stuck.size }) };
  return { isWell: true, text: t('retention:well') };
}

function toRow(day: string, kept: readonly KeptDay[], now: Date, words: Words): Row {
  const [events, marks] = [kept.find(({ kind }) => kind === 'outbox'), kept.find(({ kind }) => kind === 'processed')];
  const next = events ?? marks!;
  const size = (part: KeptDay | undefined) => (part ? megabytes(part.bytes, words.locale) : words.t('retention:gone'));
  return {
    day,
    events: events ? aboutOf(events, words) : words.t('retention:gone'),
    eventsSize: size(events),
    marksSize: size(marks),
    at: next.keptBecause.length === 0 ? undefined : next.droppableAt,
    reasons: next.keptBecause
      .filter((reason) => reason !== 'too_young')
      .map((reason) => words.t(`retention:${reason}`)),
    isOverdue: isOverdue(next, now),
  };
}

function aboutOf({ aboutRows }: KeptDay, words: Words): string {
  return aboutRows === undefined ? words.t('streams:unknown') : `≈ ${countOr(aboutRows, words)}`;
}
