export const JOB_STATUSES = ['queued', 'running', 'undoing', 'succeeded', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

export const STEP_STATUSES = ['pending', 'running', 'done', 'failed', 'undone', 'skipped'] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

/** One piece of durable work as an operator sees it. */
export type Job = {
  id: string;
  kind: string;
  /** What it works on, in words: "store acme". */
  subject: string;
  tenantId: string | undefined;
  payload: Record<string, unknown>;
  status: JobStatus;
  /** How often a worker took it up; more than 1 means that it was resumed or retried. */
  attempts: number;
  errorCode: string | undefined;
  errorMessage: string | undefined;
  cancelRequestedAt: Date | undefined;
  requestedBy: string;
  requestId: string;
  createdAt: Date;
  startedAt: Date | undefined;
  finishedAt: Date | undefined;
  updatedAt: Date;
};

export type JobStep = {
  position: number;
  name: string;
  status: StepStatus;
  /** How often it was begun. */
  attempts: number;
  /** What it did, for a person to read. */
  output: string | undefined;
  errorMessage: string | undefined;
  startedAt: Date | undefined;
  finishedAt: Date | undefined;
};

/** A piece of what a job printed; `seq` counts from 1. */
export type OutputPiece = { seq: number; at: Date; text: string };

/** True when nothing more will happen to the job by itself. */
export function isFinished(status: JobStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}
