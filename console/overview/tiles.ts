import type { Droplet } from '#domain/droplets/index.ts';
import type { EdgeState, JobCounts, OpsWorkerState, TenantCounts } from '#domain/overview/index.ts';
import type { StreamReport, StreamStatus } from '#domain/streams/index.ts';
import type { Translate } from '#platform/http/i18n.ts';

/** A word of the console's one vocabulary; `views/shared/_status` draws it. */
export type StatusWord = 'ok' | 'warn' | 'stalled' | 'stopped' | 'failed' | 'paused' | 'running' | 'unknown';

export type Fact = { label: string; value: string; status?: StatusWord | undefined };

export type TileContent = { status: StatusWord; headline: string; facts: Fact[] };

export function tenantTile(counts: TenantCounts, t: Translate): TileContent {
  const { live = 0, suspended = 0, provisioning = 0, failed = 0 } = counts;
  return {
    status: failed > 0 ? 'warn' : 'ok',
    headline: t('overview:tenants_live', { count: live }),
    facts: [
      { label: t('overview:provisioning'), value: String(provisioning) },
      { label: t('overview:suspended'), value: String(suspended) },
      { label: t('overview:failed'), value: String(failed), status: failed > 0 ? 'warn' : undefined },
    ],
  };
}

export function edgeTile(edges: readonly EdgeState[], droplets: readonly Droplet[], t: Translate): TileContent {
  const total = (key: 'files' | 'confirmed' | 'failing') => edges.reduce((sum, edge) => sum + edge[key], 0);
  const away = droplets.filter(({ status }) => status === 'unreachable' || status === 'host_key_changed');
  const drift = total('failing') > 0 || total('confirmed') < total('files');
  return {
    status: away.length > 0 ? 'failed' : drift ? 'warn' : edges.length === 0 ? 'unknown' : 'ok',
    headline: t('overview:confirmed_of', { confirmed: total('confirmed'), files: total('files') }),
    facts: [
      ...edges.map(({ droplet, newestRevision }) => ({
        label: droplet,
        value:
          newestRevision === undefined ? t('overview:no_revision') : t('overview:revision', { number: newestRevision }),
      })),
      {
        label: t('overview:failed_probes'),
        value: String(total('failing')),
        status: total('failing') > 0 ? 'warn' : undefined,
      },
      {
        label: t('overview:droplets'),
        value: t('overview:reachable_of', { reachable: droplets.length - away.length, all: droplets.length }),
        status: away.length > 0 ? 'failed' : undefined,
      },
    ],
  };
}

const WORDS: Record<StreamStatus, StatusWord> = {
  OK: 'ok',
  WARN: 'warn',
  STALLED: 'stalled',
  STOPPED: 'stopped',
  UNKNOWN: 'unknown',
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
      {
        label: t('overview:dead_letters'),
        value: String(report.deadLetters),
        status: report.deadLetters > 0 ? 'warn' : undefined,
      },
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
    facts: [
      { label: t('overview:queued'), value: String(queued) },
      { label: t('overview:failed_today'), value: String(failed), status: failed > 0 ? 'warn' : undefined },
    ],
  };
}

function ageOf(ms: number | undefined, t: Translate): string {
  if (ms === undefined) return t('overview:none');
  const seconds = Math.round(ms / 1000);
  return seconds < 120
    ? t('overview:seconds', { count: seconds })
    : t('overview:minutes', { count: Math.round(seconds / 60) });
}
