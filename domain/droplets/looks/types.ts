import type { Certificate, ClockSkew, Figures, Process, Status } from './facts.ts';

/** An answer of a machine and when it was true; `known` is false when the machine was asked and did not tell. */
export type Told<T> = { known: true; value: T; asOf: Date } | { known: false; asOf: Date };

/** The last that a machine said of itself. What it was never asked is undefined. */
export type DropletFacts = {
  status: { raw: Status; figures: Figures; asOf: Date; roundTripMs: number; skew: ClockSkew | undefined } | undefined;
  processes: Told<Process[]> | undefined;
  certificates: Told<Certificate[]> | undefined;
  log: { name: string; tail: string; asOf: Date } | undefined;
  /** What became of asking for something that only a shell would run. */
  shell: { refused: boolean; answer: string; asOf: Date } | undefined;
};

/** The highest of five minutes; undefined is unknown. Ratios between 0 and 1. */
export type Sample = {
  at: Date;
  loadPerCore: number | undefined;
  memoryUsed: number | undefined;
  diskUsed: number | undefined;
};

/** What an ops worker said of its connection to a machine. */
export type Connection = {
  instance: string;
  state: 'idle' | 'connecting' | 'open' | 'failing' | 'resting';
  since: Date | undefined;
  running: number;
  waiting: number;
  failures: number;
  error: { code: string; message: string } | undefined;
  retryAt: Date | undefined;
  asOf: Date;
};
