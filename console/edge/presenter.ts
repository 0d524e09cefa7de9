import { judgeEdge, type EdgeAction, type EdgeReason, type EdgeReport, type ServedStore } from '#domain/edge/index.ts';
import type { Role } from '#domain/operators/index.ts';
import { actorName } from '#console/actors.ts';
import { presentNginx } from './nginx.ts';
import type { Viewer } from './viewer.ts';

export const REFRESH_MS = 5000;
const LOOK_EVERY_SECONDS = 60;

type Fact = {
  id: string;
  label: string;
  value?: string | undefined;
  at?: Date | undefined;
  hint?: string | undefined;
  href: string;
  isBad: boolean;
  /** How old the figure is, where it is older than the card. */
  asOf?: Date | undefined;
  everySeconds?: number | undefined;
};

/** One edge as its card shows it. */
export function toCard(report: EdgeReport, viewer: Viewer) {
  const { edge, asOf, failing, stores } = report;
  const { status, reasons, next } = judgeEdge(report);
  const [gravest, ...others] = reasons.map((reason) => sentenceOf(reason, report, viewer));
  return {
    id: `edge-${edge.id}`,
    name: edge.name,
    address: edge.probeUrl,
    status,
    verdict: gravest ?? viewer.t('edge:verdict_ok'),
    others,
    asOf,
    everySeconds: REFRESH_MS / 1000,
    action: next && actionOf(next, report, viewer),
    facts: factsOf(report, viewer),
    nginx: presentNginx(report, viewer),
    failing: failing.map((store) => toServedLine(store, viewer)),
    failingMore: Math.max(0, stores.failing - failing.length),
    failingHref: `/edge/stores?edge=${edge.name}&show=failing`,
    reloadsHref: `/edge/${edge.name}/reloads`,
    logHref: logOf(edge.name),
  };
}

/** Where the edge's own words can be read. */
export const logOf = (edge: string) => `/droplets/${edge}#log-heading`;

function sentenceOf(reason: EdgeReason, report: EdgeReport, { t }: Viewer): string {
  const { edge, stores, drift, pending, reload, revisions, look } = report;
  const values: Partial<Record<EdgeReason, Record<string, unknown>>> = {
    unreachable: { error: edge.lastError ?? '' },
    drift: { count: drift },
    failing: { count: stores.failing },
    pending: { count: pending.stores },
    reload_failed: { error: reload?.errorMessage },
    publication_failed: { number: revisions.failed?.number, error: revisions.failed?.message },
    publishing: { number: revisions.wanted },
    look_failed: { error: look?.errorMessage },
  };
  if (reason === 'pending' && pending.stores === 0) return t('edge:reason_maps_pending');
  return t(`edge:reason_${reason}`, values[reason] ?? {});
}

const NEEDED: Record<EdgeAction, Role> = { restore: 'on_call', reload: 'on_call', publish: 'on_call' };
const ICONS: Record<EdgeAction, string> = { restore: 'undo', reload: 'refresh', publish: 'send' };

function actionOf(action: EdgeAction, { edge }: EdgeReport, { t, may }: Viewer) {
  const href = { restore: `/edge/${edge.name}/drift`, reload: `/edge/${edge.name}/reloads`, publish: '/edge/plan' }[
    action
  ];
  return { href, icon: ICONS[action], label: t(may(NEEDED[action]) ? `edge:next_${action}` : 'edge:next_look') };
}

function factsOf(report: EdgeReport, viewer: Viewer): Fact[] {
  const { edge, drift, look } = report;
  const { t } = viewer;
  return [
    revisionFact(report, viewer),
    pendingFact(report, viewer),
    {
      id: `${edge.name}-drift`,
      label: t('edge:drift'),
      value: look === undefined ? t('edge:unknown') : String(drift),
      hint: look?.errorMessage,
      href: `/edge/${edge.name}/drift`,
      isBad: drift > 0 || look?.errorMessage !== undefined,
      asOf: look?.lookedAt,
      everySeconds: LOOK_EVERY_SECONDS,
    },
    servedFact(report, viewer),
    reloadFact(report, viewer),
  ];
}

function revisionFact({ edge, revisions: { served, wanted } }: EdgeReport, { t }: Viewer): Fact {
  const isBehind = (wanted ?? 0) > (served ?? 0);
  return {
    id: `${edge.name}-revision`,
    label: t('edge:revision_served'),
    value: served === undefined ? t('edge:none') : String(served),
    hint: isBehind ? t('edge:revision_wanted', { number: wanted }) : served && t('edge:revision_as_wanted'),
    href: served === undefined ? `/edge/revisions?edge=${edge.name}` : `/edge/revisions/${served}`,
    isBad: isBehind,
  } as Fact;
}

/** With very many stores they are counted less often than the card is drawn. */
const PENDING_EVERY_SECONDS = 30;

function pendingFact({ edge, pending, asOf }: EdgeReport, { t }: Viewer): Fact {
  const isOlder = asOf.getTime() - pending.asOf.getTime() > REFRESH_MS;
  return {
    id: `${edge.name}-pending`,
    label: t('edge:pending'),
    value: t('edge:stores', { count: pending.stores }),
    hint: t(pending.maps ? 'edge:maps_pending' : 'edge:maps_up_to_date'),
    href: '/edge/plan',
    isBad: pending.stores > 0 || pending.maps,
    ...(isOlder && { asOf: pending.asOf, everySeconds: PENDING_EVERY_SECONDS }),
  };
}

function servedFact({ edge, stores }: EdgeReport, { t }: Viewer): Fact {
  return {
    id: `${edge.name}-served`,
    label: t('edge:served'),
    value: t('edge:confirmed_of', { confirmed: stores.confirmed, stores: stores.stores }),
    hint: stores.failing > 0 ? t('edge:not_as_published', { count: stores.failing }) : undefined,
    href: `/edge/stores?edge=${edge.name}${stores.failing > 0 ? '&show=failing' : ''}`,
    isBad: stores.confirmed < stores.stores,
    asOf: stores.oldestProbeAt,
    everySeconds: LOOK_EVERY_SECONDS,
  };
}

/** Why a reload was refused is said by the verdict, and in the history. */
function reloadFact({ edge, reload }: EdgeReport, { t, locale }: Viewer): Fact {
  const took = reload && t('edge:ms', { value: new Intl.NumberFormat(locale).format(reload.durationMs) });
  const isRefused = reload?.errorMessage !== undefined;
  return {
    id: `${edge.name}-reload`,
    label: t('edge:last_reload'),
    at: reload?.at,
    value: reload ? undefined : t('edge:none'),
    hint:
      reload &&
      (isRefused ? t('edge:reload_refused') : t('edge:reload_took', { took, author: actorName(reload.author, t) })),
    href: `/edge/${edge.name}/reloads`,
    isBad: isRefused,
  };
}

/** What one edge serves for one store, as one line. */
export function toServedLine(store: ServedStore, { t }: Viewer) {
  const { tenantId, slug, edge, revision, state, probedAt, probeError, isConfirmed } = store;
  const status = probeError !== undefined ? 'failed' : isConfirmed ? 'ok' : 'unknown';
  return {
    id: `${edge}-${slug}`,
    slug,
    storeHref: `/tenants/${tenantId}`,
    edge,
    revision,
    diffHref: `/edge/revisions/${revision}?store=${slug}`,
    logHref: logOf(edge),
    againHref: `/edge/plan?store=${slug}`,
    state: t(`edge:state_${state}`),
    status,
    label: t(`edge:probe_${status}`),
    error: probeError,
    probedAt,
  };
}
