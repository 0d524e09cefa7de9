import type { Judgement, StreamStatus } from './types.ts';

/** A process that beats every 4 s is dead after this silence. Units: ms, here and below. */
export const DEAD_AFTER_MS = 15_000;
/** An event should not wait longer than this to be processed. */
export const LATE_AFTER_MS = 10_000;
/** Work waited and nothing was done for this long. */
export const STALLED_AFTER_MS = 30_000;

export type Beat = { ageMs: number; state: string | undefined; error: string | undefined };
/** How long the oldest piece of work has been waiting, and how long ago the last piece was done. */
export type Work = { oldestAgeMs: number | undefined; lastDoneAgeMs: number | undefined };

/**
 * What to think of a process, from its newest heartbeat and its work. An idle process is well: only work that waits can
 * make it late, and only a living process can stall.
 */
export function judgeProcess(beat: Beat | undefined, { oldestAgeMs, lastDoneAgeMs }: Work): Judgement {
  if (!beat) return { status: oldestAgeMs === undefined ? 'UNKNOWN' : 'STOPPED', reason: 'never_seen' };
  if (beat.state === 'stopped') return { status: 'STOPPED', reason: 'stopped' };
  if (beat.ageMs > DEAD_AFTER_MS) return { status: 'STOPPED', reason: 'silent' };
  const detail = beat.error === undefined ? {} : { detail: beat.error };
  const waitedMs = oldestAgeMs ?? 0;
  if (waitedMs > STALLED_AFTER_MS && (lastDoneAgeMs ?? Infinity) > STALLED_AFTER_MS)
    return { status: 'STALLED', reason: 'no_progress', ...detail };
  if (beat.state === 'failing') return { status: 'WARN', reason: 'failing', ...detail };
  if (waitedMs > LATE_AFTER_MS) return { status: 'WARN', reason: 'late' };
  return { status: 'OK', reason: oldestAgeMs === undefined ? 'idle' : 'working' };
}

const GRAVITY: Record<StreamStatus, number> = { OK: 0, UNKNOWN: 1, WARN: 2, STALLED: 3, STOPPED: 4 };

export function worstOf(...statuses: StreamStatus[]): StreamStatus {
  return statuses.reduce((worst, status) => (GRAVITY[status] > GRAVITY[worst] ? status : worst), 'OK');
}

type Rates = { published: number; processed: number };

/** See {@link StreamReport.drainMs}. Both rates count, because work arrives while work is done. */
export function drainTimeMs(backlog: number, rates: Rates | undefined): number | undefined {
  if (backlog === 0) return 0;
  if (!rates) return undefined;
  const perSecond = rates.processed - rates.published;
  return perSecond > 0 ? (backlog / perSecond) * 1000 : Infinity;
}
