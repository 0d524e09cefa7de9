import {
  BY_GRAVITY,
  type Absence,
  type FlowDetail,
  type FlowJudgement,
  type FlowReason,
  type FlowStatus,
  type GroupFacts,
  type Owner,
  type RelayFacts,
} from './status-types.ts';
import { notFallingMs, stuckMs, waitedMs, type SampleWindow } from './window.ts';

/** A process that beats every 4 s is dead after this silence. Units: ms, here and below. */
export const DEAD_AFTER_MS = 15_000;
/** An event should not wait longer than this to be processed. */
const LATE_AFTER_MS = 10_000;
/** Work waited and nothing was done for this long. */
const STALLED_AFTER_MS = 30_000;
/** Work may wait this long without an owner, in ms: one reading, so that a handover is no alarm. */
const GRACE_MS = 5000;
/** A newest reading of this age, in ms, no longer tells of the present: three in a row are missing. */
const STALE_AFTER_MS = 15_000;

type View = GroupFacts & {
  absence: Absence | undefined;
  stuckMs: number;
  notFallingMs: number;
  waitedMs: number | undefined;
};

/**
 * The precedence: the first that has a reason decides, and OK is what remains. A cause stands above what it brings about.
 *
 * - STOPPED is above `stale` because the relay takes the samples: when it dies they end with it, and with no one alive what
 *   waited still waits.
 * - STALLED is below STOPPED, so it is only ever said of a living owner.
 * - STOPPED and STALLED are above REPLAY, so that a replay cannot hang unseen; REPLAY excuses being late, not failing.
 * - Idle without an owner is UNKNOWN: no work suffers, so it is no alarm, but OK would promise that the next event is seen
 *   to. The same while the grace lasts, so that the first event does not look like a recovery.
 * - A backlog that never falls is no WARN while nothing waits long: a busy flow always has some events under way.
 */
const RULES: readonly (readonly [FlowStatus, (view: View) => FlowReason | false | undefined])[] = [
  ['UNKNOWN', ({ isReadable }) => !isReadable && 'unreadable'],
  ['LOST', ({ isLost }) => isLost && 'epoch_differs'],
  ['PAUSED', ({ pausedBy }) => pausedBy && 'paused'],
  ['STOPPED', ({ stuckMs, absence }) => stuckMs >= GRACE_MS && absence],
  ['UNKNOWN', ({ window }) => window.length === 0 && 'no_samples'],
  ['UNKNOWN', ({ window, now }) => sinceNewestMs(window, now) >= STALE_AFTER_MS && 'stale'],
  ['STALLED', ({ stuckMs }) => stuckMs >= STALLED_AFTER_MS && 'no_progress'],
  ['BLOCKED', ({ blockedKeys }) => blockedKeys > 0 && 'parked_keys'],
  ['WARN', ({ owner, absence }) => !absence && owner?.state === 'failing' && 'failing'],
  ['REPLAY', ({ replay }) => replay && replay.done < replay.total && 'replaying'],
  [
    'WARN',
    (view) => view.notFallingMs >= STALLED_AFTER_MS && (view.waitedMs ?? Infinity) >= LATE_AFTER_MS && 'growing',
  ],
  ['WARN', ({ waitedMs }) => (waitedMs ?? 0) > LATE_AFTER_MS && 'late'],
  ['UNKNOWN', ({ absence }) => absence],
];

/**
 * What to think of one group of one shard. Made after Burrow's evaluation of consumer lag, but from heartbeats and the age
 * of the oldest event besides the counters, so that idle, stopped and stalled are told apart. Never throws.
 */
export function judgeGroup(facts: GroupFacts): FlowJudgement {
  const view: View = {
    ...facts,
    absence: absenceOf(facts.owner),
    stuckMs: stuckMs(facts.window),
    notFallingMs: notFallingMs(facts.window),
    waitedMs: waitedMs(facts.window),
  };
  for (const [status, why] of RULES) {
    const reason = why(view);
    if (reason) return withDetail({ status, reason }, facts);
  }
  return { status: 'OK', reason: (facts.window.at(-1)?.backlog ?? 0) > 0 ? 'working' : 'idle' };
}

/** The same for the relay, which has no keys to park and no replay. */
export function judgeRelay(facts: RelayFacts): FlowJudgement {
  return judgeGroup({ ...facts, blockedKeys: 0 });
}

/** The gravest of them; UNKNOWN of none, since where nothing was judged nothing is known. */
export function worstOf(...statuses: readonly FlowStatus[]): FlowStatus {
  return BY_GRAVITY[Math.max(...statuses.map((status) => BY_GRAVITY.indexOf(status)))] ?? 'UNKNOWN';
}

function absenceOf(owner: Owner | undefined): Absence | undefined {
  if (!owner) return 'no_owner';
  if (owner.state === 'stopped') return 'stopped';
  return owner.aliveMs < DEAD_AFTER_MS ? undefined : 'silent';
}

function sinceNewestMs(window: SampleWindow, now: Date): number {
  return now.getTime() - (window.at(-1)?.at.getTime() ?? -Infinity);
}

function withDetail(judgement: FlowJudgement, { pausedBy, replay, blockedKeys, owner }: GroupFacts): FlowJudgement {
  const details: Partial<Record<FlowStatus, FlowDetail | undefined>> = {
    PAUSED: pausedBy,
    REPLAY: replay,
    BLOCKED: { keys: blockedKeys },
  };
  const error = owner?.error === undefined ? undefined : { error: owner.error };
  const detail = ['STOPPED', 'STALLED', 'WARN'].includes(judgement.status) ? error : details[judgement.status];
  return detail ? { ...judgement, detail } : judgement;
}
