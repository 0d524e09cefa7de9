import type { SampleWindow } from './window.ts';

/**
 * From the least to the gravest; of several parts the gravest speaks. REPLAY and PAUSED were somebody's wish. UNKNOWN is
 * below WARN: a trouble that is certain says more than a doubt. BLOCKED is above it: lateness may pass, a parked key waits
 * for a person.
 */
export const BY_GRAVITY = [
  'OK',
  'REPLAY',
  'PAUSED',
  'UNKNOWN',
  'WARN',
  'BLOCKED',
  'STALLED',
  'STOPPED',
  'LOST',
] as const;

export type FlowStatus = (typeof BY_GRAVITY)[number];

/** Who is to do the work, by the newest heartbeat. */
export type Owner = {
  /** Since that heartbeat, in ms. */ aliveMs: number;
  state: 'ok' | 'failing' | 'stopped';
  error?: string | undefined;
};

/** What is known at `now` of one group of one shard. */
export type GroupFacts = {
  window: SampleWindow;
  now: Date;
  owner: Owner | undefined;
  pausedBy?: { by: string; since: Date } | undefined;
  /** Events done again, of how many; over when all are. */
  replay?: { done: number; total: number } | undefined;
  /** Aggregates parked behind a dead letter. */
  blockedKeys: number;
  /** The stream is not the one that was recorded: Redis lost its data or was replaced. */
  isLost: boolean;
  /** False when the counters or the facts could not be read: then nothing else here counts. */
  isReadable: boolean;
};

/** The same of the relay: `published` is what was committed to the outbox, `processed` what was appended to the stream. */
export type RelayFacts = Omit<GroupFacts, 'replay' | 'blockedKeys'>;

export type Absence = 'no_owner' | 'stopped' | 'silent';

/** Why a status is what it is. */
export type FlowReason =
  | 'unreadable'
  | 'epoch_differs'
  | 'paused'
  | Absence
  | 'no_samples'
  | 'stale'
  | 'no_progress'
  | 'parked_keys'
  | 'failing'
  | 'replaying'
  | 'growing'
  | 'late'
  | 'working'
  | 'idle';

export type FlowDetail =
  { error: string } | { by: string; since: Date } | { done: number; total: number } | { keys: number };

export type FlowJudgement = { status: FlowStatus; reason: FlowReason; detail?: FlowDetail };
