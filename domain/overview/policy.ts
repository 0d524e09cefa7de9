import type { HeartbeatAge } from './listings.ts';
import type { Overview, ProcessState, Reading } from './types.ts';

/** The background processes that must always be there. */
const EXPECTED_PROCESSES = ['relay', 'engines', 'ops'] as const;

/** A process beats every 4 s or so: three lost beats are a stall, a silence of a minute is an end. Units: s. */
const STALLED_AFTER_SECONDS = 15;
const STOPPED_AFTER_SECONDS = 60;

/** Each expected process by its liveliest instance; one that never beat has stopped too. */
export function judgeProcesses(beats: readonly HeartbeatAge[]): ProcessState[] {
  return EXPECTED_PROCESSES.map((process) => {
    const ofProcess = beats
      .filter((beat) => beat.process === process)
      .sort((a, b) => a.silentSeconds - b.silentSeconds);
    const alive = ofProcess.filter((beat) => !beat.saidStopped);
    return {
      process,
      status: statusOf(alive[0]),
      instances: alive.filter((beat) => beat.silentSeconds <= STALLED_AFTER_SECONDS).length,
      lastBeatAt: ofProcess[0]?.beatAt,
    };
  });
}

function statusOf(liveliest: HeartbeatAge | undefined): ProcessState['status'] {
  if (liveliest === undefined || liveliest.silentSeconds > STOPPED_AFTER_SECONDS) return 'stopped';
  return liveliest.silentSeconds > STALLED_AFTER_SECONDS ? 'stalled' : 'ok';
}

export type Trouble =
  | 'critical_alerts'
  | 'processes_silent'
  | 'droplets_away'
  | 'edge_drift'
  | 'tenants_failed'
  | 'jobs_failed'
  | 'warnings'
  | 'unreadable';

/** The answer to "is anything wrong, and for whom?": the worst trouble first, none when all is well. */
export type Verdict = { status: 'ok' | 'warn' | 'failed' | 'unknown'; troubles: { kind: Trouble; count: number }[] };

const GRAVE: ReadonlySet<Trouble> = new Set(['critical_alerts', 'processes_silent', 'droplets_away']);

/** Judges what could be read. What could not is a trouble of its own: no news is not good news. */
export function judge(overview: Overview): Verdict {
  const { alerts, processes, droplets, edges, tenants, jobs } = overview;
  const counts: [Trouble, number][] = [
    ['critical_alerts', count(alerts, (list) => list.filter((alert) => alert.severity === 'critical').length)],
    ['processes_silent', count(processes, (list) => list.filter((state) => state.status !== 'ok').length)],
    ['droplets_away', count(droplets, (list) => list.filter(isAway).length)],
    ['edge_drift', count(edges, (list) => list.reduce((sum, edge) => sum + edge.failing, 0))],
    ['tenants_failed', count(tenants, (byStatus) => byStatus.failed ?? 0)],
    ['jobs_failed', count(jobs, ({ failed }) => failed)],
    ['warnings', count(alerts, (list) => list.filter((alert) => alert.severity === 'warning').length)],
    ['unreadable', Object.values(overview).filter((reading) => !reading.known).length],
  ];
  const troubles = counts.filter(([, number]) => number > 0).map(([kind, number]) => ({ kind, count: number }));
  return { status: worst(troubles.map(({ kind }) => kind)), troubles };
}

function worst(kinds: Trouble[]): Verdict['status'] {
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
