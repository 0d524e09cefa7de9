export const STREAM_STATUSES = ['OK', 'WARN', 'STALLED', 'STOPPED', 'UNKNOWN'] as const;
/**
 * OK: nothing waits, or not for long. WARN: late, or trying again after an error. STALLED: alive and not getting on.
 * STOPPED: no sign of life. UNKNOWN: there is no way to tell.
 */
export type StreamStatus = (typeof STREAM_STATUSES)[number];

/** Why a status is what it is; the console has words for each. */
type StatusReason =
  'never_seen' | 'silent' | 'stopped' | 'failing' | 'no_progress' | 'late' | 'working' | 'idle' | 'no_answer';

export type Judgement = {
  status: StreamStatus;
  reason: StatusReason;
  /** What the process or Redis said. */ detail?: string;
};

/** The last that was heard of one kind of process. */
export type ProcessReport = Judgement & {
  process: 'relay' | 'engines';
  instance: string | undefined;
  startedAt: Date | undefined;
  beatAt: Date | undefined;
  /** How many instances are alive; more than one relay means that there are standbys. */
  alive: number;
};

/** What Redis says, as a cross-check; `facts` are from `asOf`, which is in the past while Redis does not answer. */
export type RedisReport = Judgement & {
  isStale: boolean;
  asOf: Date | undefined;
  facts: { length: number; pending: number; consumers: number; lag: number | null } | undefined;
};

/** One stream and one group that reads it, from the platform's own committed counters. */
export type StreamReport = {
  stream: string;
  group: string;
  /** The moment all counters were read, by the database's clock. */
  asOf: Date;
  status: StreamStatus;
  published: number;
  processed: number;
  /** Committed events that the relay has yet to publish. */
  unpublished: number;
  /** Committed events that the group has yet to process, published or not. */
  backlog: number;
  oldestUnprocessedAt: Date | undefined;
  oldestUnprocessedAgeMs: number | undefined;
  /** Events per second over the last minute; undefined when too little is known. */
  rates: { published: number; processed: number } | undefined;
  /** Time until nothing waits, at these rates: 0 when nothing does, Infinity when the backlog grows, undefined unknown. */
  drainMs: number | undefined;
  deadLetters: number;
  relay: ProcessReport;
  engines: ProcessReport;
  redis: RedisReport;
};
