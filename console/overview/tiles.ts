import type { Droplet, DropletStatus } from '#domain/droplets/index.ts';
import type { EdgeState, JobCounts, OpsWorkerState, TenantCounts } from '#domain/overview/index.ts';
import type { FlowStatus, StreamReport } from '#domain/streams/index.ts';
import type { Translate } from '#platform/http/i18n.ts';

/** A word of the console's one vocabulary; `views/shared/_status` draws it. */
type StatusWord =
  'ok' | 'warn' | 'stalled' | 'stopped' | 'failed' | 'paused' | 'running' | 'blocked' | 'replay' | 'lost' | 'unknown';

type Fact = { label: string; value: string; status?: StatusWord | undefined };

export type TileContent = { status: StatusWord; headline: string; facts: Fact[] };

export function tenantTile(counts: TenantCounts, t: Translate): TileContent {
  const { live = 0, suspended = 0, provisioning = 0, failed = 0 } = counts;
  return {
    status: failed > 0 ? 'warn' : 'ok',
    headline: t('overview:tenants_live', { count: live }),
    facts: [
      { label: t('overview:provisioning'), value: String(provisioning) },
      { label: t('overview:suspended'), value: String(suspended) },
      failures('failed', failed, t),
    ],
  };
}

export function edgeTile(edges: readonly EdgeState[], t: Translate): TileContent {
  const total = (key: 'files' | 'confirmed' | 'failing' | 'drift') => edges.reduce((sum, edge) => sum + edge[key], 0);
  const isWell = total('failing') === 0 && total('drift') === 0 && total('confirmed') === total('files');
  return {
    status: edges.length === 0 ? 'unknown' : isWell ? 'ok' : 'warn',
    headline: t('overview:confirmed_of', { confirmed: total('confirmed'), files: total('files') }),
    facts: [
      ...edges.map(({ droplet, newestRevision }) => ({
        label: droplet,
        value:
          newestRevision === undefined ? t('overview:no_revision') : t('overview:revision', { number: newestRevision }),
      })),
      failures('failed_probes', total('failing'), t),
      failures('drift', total('drift'), t),
    ],
  };
}

const DROPLET_WORDS: Record<DropletStatus, StatusWord> = {
  reachable: 'ok',
  enrolled: 'unknown',
  unreachable: 'stopped',
  host_key_changed: 'failed',
};

export function dropletTile(droplets: readonly Droplet[], t: Translate): TileContent {
  const words = droplets.map(({ status }) => DROPLET_WORDS[status]);
  const isAway = words.some((word) => word === 'stopped' || word === 'failed');
  return {
    status: isAway ? 'failed' : words.length === 0 || words.includes('unknown') ? 'unknown' : 'ok',
    headline: t('overview:reachable_of', {
      reachable: words.filter((word) => word === 'ok').length,
      all: words.length,
    }),
    facts: droplets.map(({ name, status }) => ({
      label: name,
      value: t(`droplets:status_${status}`),
      status: DROPLET_WORDS[status],
    })),
  };
}

function failures(label: string, count: number, t: Translate): Fact {
  return { label: t(`overview:${label}`), value: String(count), status: count > 0 ? 'warn' : undefined };
}

const WORDS: Record<FlowStatus, StatusWord> = {
  OK: 'ok',
  REPLAY: 'replay',
  PAUSED: 'paused',
  UNKNOWN: 'unknown',
  WARN: 'warn',
  BLOCKED: 'blocked',
  STALLED: 'stalled',
  STOPPED: 'stopped',
  LOST: 'lost',
};

export function streamTile(reports: readonly StreamReport[], t: Translate): TileContent {
  const [report] = reports;
  if (!report) return { status: 'unknown', headline: '–', facts: [] };
  return {
    status: WORDS[report.status],
    headline: t('overview:backlog', { count: report.backlog }),
    facts: [
      { label: t('overview:oldest'), value: ageOf(report.oldestUnprocessedAgeMs, t) },
      { label: t('overview:published'), value: String(report.published) },
      { label: t('overview:processed'), value: String(report.processed) },
      failures('dead_letters', report.deadLetters, t),
    ],
  };
}

export function workerTile(reports: readonly StreamReport[], ops: OpsWorkerState, t: Translate): TileContent {
  const workers = [
    ...reports
      .flatMap(({ relay, engines }) => [relay, engines])
      .map(({ process, status, alive }) => ({
        name: process,
        status: WORDS[status],
        alive,
      })),
    { name: 'ops' as const, status: ops.status, alive: ops.alive },
  ];
  const isWell = workers.every(({ status }) => status === 'ok');
  return {
    status: isWell ? 'ok' : (workers.find(({ status }) => status !== 'ok')?.status ?? 'unknown'),
    headline: t('overview:beating', { alive: workers.filter(({ alive }) => alive > 0).length, all: workers.length }),
    facts: workers.map(({ name, status }): Fact => ({
      label: t(`overview:worker_${name}`),
      value: t(`shared:status_${status}`),
      status,
    })),
  };
}

export function jobTile({ queued, running, failed }: JobCounts, t: Translate): TileContent {
  return {
    status: failed > 0 ? 'warn' : 'ok',
    headline: t('overview:jobs_running', { count: running }),
    facts: [{ label: t('overview:queued'), value: String(queued) }, failures('failed_today', failed, t)],
  };
}

function ageOf(ms: number | undefined, t: Translate): string {
  if (ms === undefined) return t('overview:none');
  const seconds = Math.round(ms / 1000);
  return seconds < 120
    ? t('overview:seconds', { count: seconds })
    : t('overview:minutes', { count: Math.round(seconds / 60) });
}
