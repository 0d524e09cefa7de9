import type { EdgeReport } from './types.ts';

/** From the gravest on. */
export const EDGE_REASONS = [
  'host_key_changed',
  'unreachable',
  'nginx_stopped',
  'drift',
  'reload_failed',
  'failing',
  'publication_failed',
  'pending',
  'publishing',
  'look_failed',
  'never_looked',
  'look_stale',
] as const;
export type EdgeReason = (typeof EDGE_REASONS)[number];

export const EDGE_ACTIONS = ['restore', 'reload', 'publish'] as const;
/** What mends the gravest reason that can be mended from here. */
export type EdgeAction = (typeof EDGE_ACTIONS)[number];

export const EDGE_STATUSES = ['ok', 'running', 'warn', 'failed', 'unknown'] as const;

type EdgeVerdict = {
  status: (typeof EDGE_STATUSES)[number];
  reasons: EdgeReason[];
  next: EdgeAction | undefined;
};

/** The disk is compared every minute; after three that were missed nobody knows what lies there. Units: ms. */
const LOOK_STALE_MS = 3 * 60_000;

const GRAVE: ReadonlySet<EdgeReason> = new Set(['host_key_changed', 'unreachable', 'nginx_stopped']);
const BLIND: ReadonlySet<EdgeReason> = new Set(['never_looked', 'look_stale']);

const ACTIONS: Partial<Record<EdgeReason, EdgeAction>> = {
  drift: 'restore',
  reload_failed: 'reload',
  failing: 'reload',
  publication_failed: 'publish',
  pending: 'publish',
};

/** Judges one edge: whether it serves what we want, why not, and what to do next. */
export function judgeEdge(report: EdgeReport): EdgeVerdict {
  const holds = reasonsOf(report);
  const reasons = EDGE_REASONS.filter((reason) => holds[reason]);
  const isPending = holds.pending;
  const next = reasons
    .map((reason) => ACTIONS[reason])
    .find((action) => action !== undefined && (action !== 'publish' || isPending));
  return { status: statusOf(reasons), reasons, next };
}

function reasonsOf({ edge, revisions, pending, stores, drift, look, reload, nginx, asOf }: EdgeReport) {
  const isPending = pending.stores > 0 || pending.maps;
  return {
    host_key_changed: edge.status === 'host_key_changed',
    unreachable: edge.status === 'unreachable',
    nginx_stopped: nginx?.isRunning === false,
    drift: drift > 0,
    reload_failed: reload?.errorMessage !== undefined,
    failing: stores.failing > 0,
    publication_failed: revisions.failed !== undefined && isPending,
    pending: isPending,
    publishing: (revisions.wanted ?? 0) > (revisions.served ?? 0),
    look_failed: look?.errorMessage !== undefined,
    never_looked: look === undefined,
    look_stale: look !== undefined && asOf.getTime() - look.lookedAt.getTime() > LOOK_STALE_MS,
  } satisfies Record<EdgeReason, boolean>;
}

function statusOf(reasons: readonly EdgeReason[]): EdgeVerdict['status'] {
  if (reasons.some((reason) => GRAVE.has(reason))) return 'failed';
  if (reasons.length === 0) return 'ok';
  if (reasons.every((reason) => BLIND.has(reason))) return 'unknown';
  return reasons.every((reason) => reason === 'publishing') ? 'running' : 'warn';
}
