import type { KeyContext } from '#domain/droplets/index.ts';
import type { EdgeContext } from '#domain/edge/index.ts';
import { JOB_KINDS, type JobKind, type JobPayload, type StepSaying } from '#domain/jobs/index.ts';

/**
 * What every step may use: the context of the job, the edges, the keys we log in to droplets with, and where copies of
 * deleted stores are kept.
 */
export type JobContext = EdgeContext & KeyContext & { archivesDir: string };

type StepRun = {
  jobId: string;
  /** Aborted when the job is cancelled, lost to another worker, or the process stops. Pass it on to whatever waits. */
  signal: AbortSignal;
};

type DoRun = StepRun & {
  /** Shows how far the step is, in place of what it said before. Throws when the job is another worker's by now. */
  say: (output: StepSaying[]) => Promise<void>;
};

type UndoRun = StepRun & {
  /** Why the job could not finish, for a person to read. */
  reason: string;
};

/**
 * `do` may be begun again after a crash at any point, so it must bear being repeated; what it returns is shown, in
 * the reader's language, as what the step did. `undo` takes back whatever `do` did, wholly or in part, and must bear it too that nothing was done. The
 * first step's `undo` also takes back what was written together with the job, and runs even when the job never began.
 */
export type StepCode<P> = {
  do(ctx: JobContext, payload: P, run: DoRun): Promise<StepSaying[]>;
  undo?(ctx: JobContext, payload: P, run: UndoRun): Promise<void>;
};

export type JobHandler<P = unknown> = {
  kind: JobKind;
  /** Throws ZodError when the stored payload is not this kind's. */
  parse(payload: unknown): P;
  steps: readonly ({ name: string } & StepCode<P>)[];
};

type StepName<K extends JobKind> = (typeof JOB_KINDS)[K]['steps'][number];

/** The code of a kind: exactly the steps that domain/jobs declares for it, in that order. */
export function defineJob<K extends JobKind>(
  kind: K,
  code: Record<StepName<K>, StepCode<JobPayload<K>>>,
): JobHandler<JobPayload<K>> {
  const names: readonly StepName<K>[] = JOB_KINDS[kind].steps;
  return {
    kind,
    parse: (payload) => JOB_KINDS[kind].payload.parse(payload) as JobPayload<K>,
    steps: names.map((name) => ({ name, ...code[name] })),
  };
}

/** A handler with the payload it will run on. */
export type Plan = { handler: JobHandler; payload: unknown };
