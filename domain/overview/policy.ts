import type { StreamReport } from '#domain/streams/index.ts';
import type { HeartbeatAge } from './listings.ts';
import type { OpsWorkerState, Overview, Reading } from './types.ts';

/** A process beats every 4 s or so: three lost beats are a stall, a silence of a minute is an end. Units: s. */
const STALLED_AFTER_SECONDS = 15;
const STOPPED_AFTER_SECONDS = 60;

/** The ops worker by its liveliest instance; one that never beat has stopped too. `beats` come newest first. */
export function judgeOpsWorker(beats: readonly HeartbeatAge[]): OpsWorkerState {
  const running = beats.filter((beat) => !beat.saidStopped);
  return {
    status: statusOf(running[0]),
    alive: running.filter((beat) => beat.silentSeconds <= STALLED_AFTER_SECONDS).length,
    lastBeatAt: beats[0]?.beatAt,
  };
}

function statusOf(liveliest: HeartbeatAge | undefined): OpsWorkerState['status'] {
  if (liveliest === undefined || liveliest.silentSeconds > STOPPED_AFTER_SECONDS) return 'stopped';
  return liveliest.silentSeconds > STALLED_AFTER_SECONDS ? 'stalled' : 'ok';
}

/** From the gravest on. What a trouble counts is in its name. */
const TROUBLES = [
  'critical_alerts',
  'streams_stopped',
  'ops_silent',
  'droplets_away',
  'edge_failing',
  'streams_late',
  'tenants_failed',
  'jobs_failed',
  'warnings',
  'unreadable',
] as const;
export type Trouble = (typeof TROUBLES)[number];

const GRAVE: ReadonlySet<Trouble> = new Set(['critical_alerts', 'streams_stopped', 'ops_silent', 'droplets_away']);

/** The answer to "is anything wrong, and for whom?": the worst trouble first, none when all is well. */
export type Verdict = { status: 'ok' | 'warn' | 'failed' | 'unknown'; troubles: { kind: Trouble; count: number }[] };

/** Judges what could be read. What could not is a trouble of its own: no news is not good news. */
export function judge(overview: Overview): Verdict {
  const counts = countTroubles(overview);
  const troubles = TROUBLES.filter((kind) => counts[kind] > 0).map((kind) => ({ kind, count: counts[kind] }));
  return { status: worst(troubles.map(({ kind }) => kind)), troubles };
}

function countTroubles(overview: Overview): Record<Trouble, number> {
  const { alerts, streams, opsWorker, droplets, edges, tenants, jobs } = overview;
  const streamsIn = (...statuses: StreamReport['status'][]) =>
    count(streams, (list) => list.filter(({ status }) => statuses.includes(status)).length);
  return {
    critical_alerts: count(alerts, (list) => list.filter((alert) => alert.severity === 'critical').length),
    streams_stopped: streamsIn('LOST', 'STOPPED', 'STALLED'),
    ops_silent: count(opsWorker, ({ status }) => (status === 'ok' ? 0 : 1)),
    droplets_away: count(droplets, (list) => list.filter(isAway).length),
    edge_failing: count(edges, (list) => list.reduce((sum, edge) => sum + edge.failing, 0)),
    streams_late: streamsIn('WARN', 'BLOCKED'),
    tenants_failed: count(tenants, (byStatus) => byStatus.failed ?? 0),
    jobs_failed: count(jobs, ({ failed }) => failed),
    warnings: count(alerts, (list) => list.filter((alert) => alert.severity === 'warning').length),
    unreadable: Object.values(overview).filter((reading) => !reading.known).length + streamsIn('UNKNOWN'),
  };
}

function worst(kinds: readonly Trouble[]): Verdict['status'] {
  if (kinds.some((kind) => GRAVE.has(kind))) return 'failed';
  if (kinds.some((kind) => kind !== 'unreadable')) return 'warn';
  return kinds.length > 0 ? 'unknown' : 'ok';
}

function count<T>(reading: Reading<T>, of: (value: T) => number): number {
  return reading.known ? of(reading.value) : 0;
}

function isAway({ status }: { status: string }): boolean {
  return status === 'unreachable' || status === 'host_key_changed';
}
