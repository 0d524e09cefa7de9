import { allowedActions, type TenantSort, type TenantSummary, type WaitingEvents } from '#domain/tenants/index.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { toLag, toProofLine, toStatus } from '#console/tenants/presenter.ts';
import type { Viewer } from '#console/tenants/viewer.ts';
import { toQueryString } from './query.ts';

/** A store as one line of the list, with what this operator may do about it. */
export function toStoreLine(
  store: TenantSummary,
  lags: ReadonlyMap<string, WaitingEvents> | undefined,
  viewer: Viewer,
) {
  const { t, may } = viewer;
  const actions = allowedActions(store.status);
  return {
    ...toStatus(store, t),
    proof: store.proof && toProofLine(store.proof, t),
    plan: planName(store.plan, t),
    users: store.users,
    lag: toLag(store.id, lags, t),
    lastActivityAt: store.lastActivityAt,
    canVisit: store.status === 'live',
    canEdit: actions.includes('edit') && may('operator'),
    canSuspend: actions.includes('suspend') && may('on_call'),
    canResume: actions.includes('resume') && may('on_call'),
  };
}

function planName(code: string, t: Translate): string {
  return t(`tenants:plan_${code}`, { defaultValue: code });
}

/** The head of the table: a column whose order the list can have is a link to it. */
const COLUMNS: { name: string; sort?: TenantSort; isMinor?: boolean }[] = [
  { name: 'store', sort: 'name' },
  { name: 'status', sort: 'status' },
  { name: 'plan' },
  { name: 'users' },
  { name: 'lag' },
  { name: 'last_activity', sort: 'activity' },
];

const DESCENDING = new Set<TenantSort>(['created', 'status', 'activity']);

export function toColumns({ sort: current, ...filter }: { sort: TenantSort } & Record<string, string>) {
  return COLUMNS.map(({ name, sort }) => ({
    label: `tenants:${name}`,
    href: sort && `/tenants${toQueryString({ ...filter, sort })}`,
    order: sort === current ? (DESCENDING.has(sort) ? 'descending' : 'ascending') : undefined,
  }));
}
