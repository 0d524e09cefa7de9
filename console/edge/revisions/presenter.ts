import type { FileOutcome, MapsDiff, Revision, RevisionFileDiff, RevisionOutcome } from '#domain/edge/index.ts';
import { actorName } from '#console/actors.ts';
import { toDifferenceLines } from '#console/edge/differences.ts';
import { logOf } from '#console/edge/presenter.ts';
import type { Viewer } from '#console/edge/viewer.ts';

const LOOK: Record<RevisionOutcome | FileOutcome, string> = {
  pending: 'paused',
  sent: 'running',
  confirmed: 'ok',
  partial: 'warn',
  superseded: 'paused',
  failed: 'failed',
};

/** A revision as one line of a list shows it. */
export function toRevisionLine(revision: Revision, { t }: Viewer) {
  return {
    number: revision.number,
    href: `/edge/revisions/${revision.number}`,
    edge: revision.edge,
    what: whatOf(revision, t),
    look: LOOK[revision.outcome],
    label: t(`revisions:outcome_${revision.outcome}`),
    error: revision.error?.message,
    author: actorName(revision.author, t),
    reason: revision.reason,
    createdAt: revision.createdAt,
  };
}

function whatOf({ kind, slug, files, failed }: Revision, t: Viewer['t']): string {
  if (kind === 'maps') return t('revisions:maps');
  if (slug !== undefined) return slug;
  const stores = t('edge:stores', { count: files });
  return failed > 0 ? `${stores}, ${t('revisions:failed_of', { count: failed })}` : stores;
}

/** A revision on its own page. */
export function toRevisionView(revision: Revision, viewer: Viewer) {
  return {
    ...toRevisionLine(revision, viewer),
    isOfMaps: revision.kind === 'maps',
    files: revision.files,
    failed: revision.failed,
    finishedAt: revision.finishedAt,
    jobHref: revision.jobId && `/jobs/${revision.jobId}`,
    logHref: logOf(revision.edge),
    beforeHref:
      revision.kind === 'tenants' && viewer.may('operator')
        ? `/edge/rollbacks?at=${revision.createdAt.toISOString()}`
        : undefined,
  };
}

/** One store's file in a revision: what it changed, what became of it, and how to come back to before or to it. */
export function toFileView(file: RevisionFileDiff, revision: Revision, viewer: Viewer) {
  const { t } = viewer;
  const { slug, tenantId, outcome, error, previousRevision, served, finishedAt } = file;
  const isNew = previousRevision === undefined && file.state !== 'absent';
  const isServed = served?.revision === revision.number;
  const rollback = (number: number) => `/edge/revisions/${number}/rollbacks?store=${encodeURIComponent(tenantId)}`;
  return {
    id: `file-${slug}`,
    slug,
    storeHref: `/tenants/${tenantId}`,
    look: LOOK[outcome],
    label: t(`revisions:file_${outcome}`),
    kind: file.state === 'absent' ? t('revisions:removed') : isNew ? t('revisions:added') : undefined,
    state: file.state === 'absent' ? undefined : t(`edge:state_${file.state}`),
    error: error?.message,
    finishedAt,
    lines: toDifferenceLines(file.differences, viewer),
    previousHref: previousRevision && `/edge/revisions/${previousRevision}?store=${slug}`,
    previousRevision,
    isServed,
    probe: isServed ? { at: served.probedAt, error: served.probeError } : undefined,
    laterRevision: served && !isServed ? served.revision : undefined,
    laterHref: served && !isServed ? `/edge/revisions/${served.revision}?store=${slug}` : undefined,
    undoHref: previousRevision !== undefined && outcome === 'confirmed' ? rollback(previousRevision) : undefined,
    againHref: !isServed && outcome === 'confirmed' && file.state !== 'absent' ? rollback(revision.number) : undefined,
  };
}

/** At most so many lines of each kind are drawn; the API has all of them. */
const MAX_LINES = 500;

export function toMapsView({ removed, added }: MapsDiff) {
  return {
    removed: removed.slice(0, MAX_LINES),
    added: added.slice(0, MAX_LINES),
    more: Math.max(0, removed.length - MAX_LINES) + Math.max(0, added.length - MAX_LINES),
    isEmpty: removed.length === 0 && added.length === 0,
  };
}
