import { satisfies, type Role } from '#domain/operators/index.ts';
import {
  allowedActions,
  type EdgeProof,
  type Tenant,
  type TenantStatus,
  type WaitingEvents,
} from '#domain/tenants/index.ts';
import { contrastRatio, textColorOn } from '#platform/contrast.ts';
import type { Translate } from '#platform/http/i18n.ts';

const LOOK: Record<TenantStatus, string> = {
  provisioning: 'running',
  live: 'ok',
  suspended: 'paused',
  renaming: 'running',
  archived: 'paused',
  deleted: 'unknown',
  failed: 'failed',
};

/** What is known about the state of a store, and what this operator may do about it. */
export function toStoreState(
  tenant: Tenant,
  proofs: EdgeProof[],
  { t, role }: { t: Translate; role: Role | undefined },
) {
  const actions = allowedActions(tenant.status);
  const may = (needed: Role) => role !== undefined && satisfies(role, needed);
  return {
    ...toStatus(tenant, t),
    proofs: proofs.map((proof) => toProofLine(proof, t)),
    reason: tenant.statusReason,
    since: tenant.statusChangedAt,
    canEdit: actions.includes('edit') && may('operator'),
    canSuspend: actions.includes('suspend') && may('on_call'),
    canResume: actions.includes('resume') && may('on_call'),
    canRename: actions.includes('rename') && may('operator'),
    canArchive: actions.includes('archive') && may('operator'),
    canRestore: actions.includes('restore') && may('operator'),
    canDelete: actions.includes('delete') && may('admin'),
    deleteAfter: tenant.deleteAfter,
    isServed: tenant.status === 'live' || tenant.status === 'renaming',
  };
}

/** Who a store is, and its state in words. */
export function toStatus(tenant: Tenant, t: Translate) {
  return {
    id: tenant.id,
    slug: tenant.slug,
    name: tenant.name,
    // The id, not the slug: after a failed onboarding the slug may be another store's.
    href: `/tenants/${tenant.status === 'failed' ? tenant.id : tenant.slug}`,
    look: LOOK[tenant.status],
    label: t(`tenants:status_${tenant.status}`),
  };
}

/** What an edge was seen doing with a store. */
export function toProofLine({ droplet, revision, confirmedAt, probeError }: EdgeProof, t: Translate) {
  const words = confirmedAt && probeError === undefined ? 'tenants:proof' : 'tenants:unproven';
  return { text: t(words, { droplet, revision }), at: confirmedAt, error: probeError };
}

/** How many events of a store wait, and since when the oldest of them does. */
export function toLag(id: string, lags: ReadonlyMap<string, WaitingEvents> | undefined, t: Translate) {
  if (!lags) return { text: t('tenants:lag_unknown'), why: t('tenants:lag_unknown_why'), at: undefined };
  const lag = lags.get(id);
  if (!lag) return { text: t('tenants:lag_none'), why: undefined, at: undefined };
  return { text: t('tenants:lag_events', { count: lag.events }), why: undefined, at: lag.oldestAt };
}

/** What the preview of two colours shows: the text colour on each, and how well it can be read on the main one. */
export function toPreview({ name, primary, secondary }: { name: string; primary: string; secondary: string }) {
  const text = textColorOn(primary);
  return {
    name,
    primary,
    secondary,
    textOnPrimary: text,
    textOnSecondary: textColorOn(secondary),
    ratio: contrastRatio(primary, text),
  };
}
