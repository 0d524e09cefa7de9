import {
  LINE_CHOICES,
  type Application,
  type ApplicationLine,
  type Fault,
  type listRecentApplications,
} from '#domain/applications/index.ts';
import type { JobStatus } from '#domain/jobs/index.ts';
import type { AppError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { actorName } from '#console/actors.ts';
import type { Viewer } from '#console/tenants/viewer.ts';

export const applicationHref = (id: string) => `/tenants/applications/${id}`;

/** What a file comes to, and what there is to know before it is confirmed. */
export function toReport({ id, counts, createdAt, confirmedAt }: Application, { t }: Viewer) {
  const stores = counts.create + counts.update;
  const consequences = [
    counts.create > 0 && t('applications:consequence_create', { count: counts.create }),
    counts.update > 0 && t('applications:consequence_update', { count: counts.update }),
    counts.create > 0 && t('applications:consequence_passwords'),
    t('applications:consequence_kept'),
  ];
  return {
    title: t(confirmedAt ? 'applications:applied_title' : 'applications:report_title'),
    href: applicationHref(id),
    counts,
    isConfirmed: confirmedAt !== undefined,
    canConfirm: confirmedAt === undefined && stores > 0,
    isAsItIs: stores === 0 && counts.refused === 0,
    refusal:
      counts.refused > 0 && confirmedAt === undefined
        ? {
            heading: t('applications:refused_loud', { count: counts.refused }),
            text: t('applications:others', { count: stores }),
          }
        : undefined,
    consequences: consequences.filter((it) => it !== false),
    submit: t('applications:submit', { count: stores }),
    asOf: createdAt,
  };
}

/** Of stores to be looked at so many are named; the rest is counted. */
export const NAMED = 20;

type Live = { application: Application; jobStatus: JobStatus | undefined; unwellLines: readonly ApplicationLine[] };

/** How far the application is, and which stores somebody should look at. */
export function toProgress({ application, jobStatus, unwellLines }: Live, viewer: Viewer) {
  const { id, counts, states, jobId, created } = application;
  const count = counts.create + counts.update;
  const unwell = states.failed + states.changed;
  const overall = overallOf(application, jobStatus);
  const failing = unwellLines.slice(0, NAMED);
  return {
    id,
    href: applicationHref(id),
    ...OVERALL[overall],
    label: viewer.t(`applications:overall_${overall}`),
    isOver: overall !== 'running',
    isStopped: overall === 'stopped',
    canIssue: overall !== 'running' && created > 0,
    done: states.done,
    count,
    states,
    jobHref: jobId && `/jobs/${jobId}`,
    failing: failing.map((line) => toLineView(line, viewer)),
    more: unwell - failing.length,
  };
}

const OVERALL = {
  running: { look: 'running' },
  done: { look: 'ok' },
  attention: { look: 'warn' },
  stopped: { look: 'warn' },
} as const;

function overallOf({ states }: Application, jobStatus: JobStatus | undefined): keyof typeof OVERALL {
  if (jobStatus === 'queued' || jobStatus === 'running' || jobStatus === 'undoing') return 'running';
  if (states.planned > 0) return 'stopped';
  if (states.in_progress > 0) return 'running';
  return states.failed + states.changed > 0 ? 'attention' : 'done';
}

const ACTION_LOOK = { create: 'green', update: 'azure', unchanged: 'secondary', refused: 'red' } as const;
const STATE_LOOK = {
  planned: 'paused',
  in_progress: 'running',
  done: 'ok',
  failed: 'failed',
  changed: 'warn',
} as const;

/** A line of the file: what it does, or why not, and once it was done how that ended. */
export function toLineView(line: ApplicationLine, { t }: Viewer) {
  const { position, slug, tenantId, action, state, entry, storeJobId } = line;
  return {
    id: position,
    line: line.line,
    slug: slug || t('applications:no_slug'),
    href: tenantId && `/tenants/${tenantId}`,
    action: t(`applications:${action}`),
    color: ACTION_LOOK[action],
    isNew: action === 'create',
    facts: [entry?.name, entry?.admin?.email, entry?.plan].filter((it) => it !== undefined),
    changes: line.changes.map(({ field, before, after }) => ({
      label: t(`applications:field_${field}`),
      before: textOf(before),
      after: textOf(after),
    })),
    faults: line.faults.map((fault) => toFaultText(fault, t)),
    adminKept: line.adminKept,
    look: STATE_LOOK[state],
    state: action === 'create' || action === 'update' ? t(`applications:${state}`) : undefined,
    jobHref: storeJobId && `/jobs/${storeJobId}`,
    error: line.errorCode && inWords({ field: '', code: line.errorCode, message: line.errorMessage ?? '' }, t),
  };
}

function toFaultText(fault: Fault, t: Translate): string {
  const message = inWords(fault, t);
  return fault.field === '' ? message : t('applications:error_line', { field: fault.field, message });
}

/** In the reader's language: by its code, or as the form of a new store would say it of the field. */
function inWords({ field, code, message, values = {} }: Fault, t: Translate): string {
  const column = field.replace(/^(branding|settings)\./, '').replace('.', '_');
  const keys = [
    `applications:fault_${code}`,
    `tenants:bad_${column}_${code}`,
    `errors:${code}`,
    `tenants:bad_${column}`,
  ];
  return t(keys, { ...values, defaultValue: message });
}

type Recent = Awaited<ReturnType<typeof listRecentApplications>>[number];

/** A file of the last days, for whoever left its report. */
export function toRecentLine({ id, createdBy, createdAt, isConfirmed, lines }: Recent, t: Translate) {
  return {
    href: applicationHref(id),
    what: t('applications:recent_lines', { count: lines }),
    status: t(isConfirmed ? 'applications:recent_applied' : 'applications:recent_planned'),
    by: actorName(createdBy, t),
    at: createdAt,
  };
}

/** Why a file cannot be read as a whole. */
export function toFileFault({ code, message, members }: AppError, t: Translate): string {
  const said = t(`applications:fault_${code}`, { ...members, defaultValue: message });
  return members.line === undefined ? said : t('applications:fault_line', { line: members.line, message: said });
}

function textOf(value: unknown): string {
  if (value === undefined || value === null || value === '') return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

type Which = (typeof LINE_CHOICES)[number];

/** The lines by what is done with them, each with how many there are and where they are shown. */
export function toChoices({ id, counts, states }: Application, which: Which, { t }: Viewer) {
  const problems = counts.refused + states.failed + states.changed;
  const numbers: Record<Which, number> = {
    ...counts,
    all: counts.create + counts.update + counts.unchanged + counts.refused,
    problems,
  };
  return LINE_CHOICES.filter((it) => it !== 'refused' || problems !== counts.refused)
    .filter((it) => numbers[it] > 0 || it === which)
    .map((it) => ({
      label: it === 'all' || it === 'problems' ? t(`applications:which_${it}`) : t(`applications:${it}`),
      count: numbers[it],
      href: `${applicationHref(id)}?which=${it}#lines`,
      isCurrent: it === which,
    }));
}
