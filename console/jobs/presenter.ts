import { isFinished, type Job, type JobStatus, type JobStep, type StepStatus } from '#domain/jobs/index.ts';
import { satisfies, type Role } from '#domain/operators/index.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { actorName } from '#console/actors.ts';
import { retryRole } from './retry-role.ts';

const JOB_LOOK: Record<JobStatus, string> = {
  queued: 'paused',
  running: 'running',
  undoing: 'warn',
  succeeded: 'ok',
  failed: 'failed',
  cancelled: 'paused',
};

const STEP_LOOK: Record<StepStatus, { color: string; symbol: string }> = {
  pending: { color: 'secondary', symbol: 'clock' },
  running: { color: 'azure', symbol: 'progress' },
  done: { color: 'green', symbol: 'circle-check' },
  failed: { color: 'red', symbol: 'circle-x' },
  undone: { color: 'yellow', symbol: 'undo' },
  skipped: { color: 'secondary', symbol: 'minus' },
};

type Viewer = { t: Translate; now: Date; role: Role | undefined };

/** A job as one line of a list shows it. */
export function toJobLine(job: Job, { t, now }: Viewer) {
  return {
    id: job.id,
    href: `/jobs/${job.id}`,
    kind: t(`jobs:kind_${job.kind}`, { defaultValue: job.kind }),
    subject: subjectOf(job, t),
    look: JOB_LOOK[job.status],
    label: t(`jobs:status_${job.status}`),
    error: job.errorMessage,
    requestedBy: actorName(job.requestedBy, t),
    createdAt: job.createdAt,
    took: durationOf(job, now),
  };
}

/** A job with its steps, and what this operator may do about it. */
export function toJobView(job: Job & { steps: JobStep[] }, viewer: Viewer) {
  const { t, now, role } = viewer;
  const may = (needed: Role) => role !== undefined && satisfies(role, needed);
  const done = job.steps.filter((step) => step.status === 'done').length;
  return {
    ...toJobLine(job, viewer),
    tenantHref: job.tenantId === undefined ? undefined : `/tenants/${job.tenantId}`,
    dropletHref: dropletHrefOf(job),
    attempts: job.attempts,
    finishedAt: job.finishedAt,
    isBusy: !isFinished(job.status),
    cancelRequested: job.cancelRequestedAt !== undefined && !isFinished(job.status),
    progress: { done, count: job.steps.length },
    canCancel:
      may('on_call') && (job.status === 'queued' || job.status === 'running') && job.cancelRequestedAt === undefined,
    canRetry: may(retryRole(job.kind)) && (job.status === 'failed' || job.status === 'cancelled'),
    steps: job.steps.map((step) => ({
      ...STEP_LOOK[step.status],
      name: t(`jobs:step_${step.name}`, { defaultValue: step.name }),
      label: t(`jobs:step_status_${step.status}`),
      again: step.attempts > 1 ? t('jobs:step_again', { count: step.attempts }) : undefined,
      // What was taken back is not told as if it stood.
      output: step.status === 'undone' ? t('jobs:step_status_undone') : saidOf(step, t),
      error: step.errorMessage,
      took: durationOf(step, now),
    })),
  };
}

/** What the step did, in the reader's language; undefined when it has not said anything. */
export function saidOf({ output }: JobStep, t: Translate): string | undefined {
  return output?.map(({ key, values }) => t(`jobs:said_${key}`, values)).join(' ');
}

/** Jobs whose steps print something to watch. */
export function printsOutput({ kind }: Job): boolean {
  return kind === 'droplet.run';
}

/** The journal names things in English, `store acme` or `edge edge-1`, for the API and the command line too. */
function subjectOf({ subject }: Job, t: Translate): string {
  if (subject === 'edge maps') return t('jobs:subject_edge_maps');
  const [, what, name] = /^(store|edge|droplet|key) (\S+)$/.exec(subject) ?? [];
  if (what === 'store') return t('jobs:subject_store', { slug: name });
  if (what !== undefined) return t(`jobs:subject_${what}`, { name });
  const count = /^(\d+) stores$/.exec(subject)?.[1];
  return count === undefined ? subject : t('jobs:subject_stores', { count: Number(count) });
}

function dropletHrefOf({ kind, subject }: Job): string | undefined {
  const name = kind.startsWith('droplet.') && /^(?:droplet )?([a-z0-9-]+)(?: ·|$)/.exec(subject)?.[1];
  return name ? `/droplets/${name}` : undefined;
}

/** `850 ms`, `3.2 s`, `4 min 10 s`; undefined before the start. */
function durationOf(
  { startedAt, finishedAt }: { startedAt?: Date | undefined; finishedAt?: Date | undefined },
  now: Date,
) {
  if (!startedAt) return undefined;
  const ms = Math.max(0, (finishedAt ?? now).getTime() - startedAt.getTime());
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1000)} s`;
}
