import type { Percentiles } from './delays.ts';
import type { DeadLetterGroup } from './listings.ts';
import type { DrainRange, FlowRates } from './rates.ts';
import type { FlowJudgement, FlowReason, FlowStatus } from './status-types.ts';
import type { Waiting } from './waiting-listings.ts';

/** The last that was heard of one kind of process. */
export type ProcessReport = FlowJudgement & {
  process: 'relay' | 'engines';
  instance: string | undefined;
  startedAt: Date | undefined;
  beatAt: Date | undefined;
  /** How many instances are alive; more than one relay means that there are standbys. */
  alive: number;
  /** What it says that somebody should change. */
  warnings: string[];
};

/** One shard, as one group reads it. */
export type ShardReport = FlowJudgement & {
  shard: number;
  owner: string | undefined;
  /** Published and neither settled nor parked. */
  inFlight: number;
  parked: number;
  oldestAgeMs: number | undefined;
};

/** A reader of the group as Redis knows it; `deliveries` is the most often that one of its pending entries was given out. */
type ConsumerReport = {
  shard: number;
  name: string;
  pending: number;
  idleMs: number;
  deliveries: number | undefined;
  oldestPendingMs: number | undefined;
};

/** Sums over the shards; null where Redis itself cannot know. */
export type RedisFacts = { length: number; pending: number; lag: number | null; consumers: ConsumerReport[] };

/** What Redis says, as a cross-check; `facts` are from `asOf`, which is in the past while Redis does not answer. */
export type RedisReport = {
  status: 'OK' | 'UNKNOWN';
  reason: 'working' | 'no_answer';
  /** Why it does not answer. */ detail?: string;
  isStale: boolean;
  asOf: Date | undefined;
  /** Undefined when it was never asked with success, or does not have the stream. */
  facts: RedisFacts | undefined;
  memory: MemoryReport | undefined;
};

/** `maxBytes` is 0 without a limit; `hoursToFull` is Infinity while it does not grow and undefined when that is not known. */
export type MemoryReport = { usedBytes: number; maxBytes: number; hoursToFull: number | undefined; asOf: Date };

/** One stream and one group that reads it, from the platform's own committed counters. */
export type StreamReport = {
  stream: string;
  group: string;
  /** The moment all counters were read, by the database's clock. */
  asOf: Date;
  status: FlowStatus;
  /** Of the part that is worst. */
  reason: FlowReason;
  published: number;
  processed: number;
  /** Committed events that the relay has yet to publish. */
  unpublished: number;
  /** Committed events that the group has yet to process, published, parked or neither. */
  backlog: number;
  parked: { reason: string; events: number; keys: number }[];
  oldestUnprocessedAt: Date | undefined;
  oldestUnprocessedAgeMs: number | undefined;
  /** Of what stores commit and of what takes effect; undefined when too little is known. */
  rates: { oneMinute: FlowRates | undefined; fiveMinutes: FlowRates | undefined };
  drain: DrainRange | undefined;
  /** From the commit, over the last five minutes; undefined when nothing was done. */
  delays: { publish: Percentiles | undefined; effect: Percentiles | undefined };
  deadLetters: number;
  deadLetterReasons: DeadLetterGroup[];
  relay: ProcessReport;
  engines: ProcessReport;
  shards: ShardReport[];
  redis: RedisReport;
  database: { deadTuples: number; oldestTransaction: { ageMs: number; holder: string } | undefined };
};

/** Who and what waits most and longest. */
export type WaitingReport = { asOf: Date; tenants: Waiting; types: Waiting };
