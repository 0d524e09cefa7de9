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

/**
 * What a step can say that it did; a text of each in every language is in console/jobs/texts.ts. `said` is a sentence as it
 * stands.
 */
// prettier-ignore
export const STEP_SAYINGS = [
  'address_reserved', 'records_written', 'revision_checked', 'nothing_to_change', 'revision_sent', 'nothing_to_send',
  'edge_answered', 'edge_forgot', 'stores_seen', 'files_sent', 'stores_asked', 'store_refused', 'store_live',
  'stores_live', 'maps_published', 'maps_kept', 'maps_refused', 'edge_restored', 'edge_differs', 'edge_reloaded',
  'edge_serves', 'name_switched', 'redirect_seen', 'sessions_ended', 'store_restored', 'events_settled', 'copy_written',
  'copy_proven', 'copy_stands', 'store_deleted', 'rows_erased', 'nothing_left', 'domains_seen', 'no_domain',
  'verb_answered', 'key_ready', 'key_let_in', 'key_in_use', 'key_deleted', 'key_kept', 'lines_applied', 'lines_done', 'said',
] as const;

/** One thing that a step did, for a reader of any language. */
export type StepSaying = { key: (typeof STEP_SAYINGS)[number]; values: Record<string, string | number> };

/** With what its steps run on. For the worker alone: a payload may hold what no page and no API shows. */
export type ClaimedJob = Job & { payload: Record<string, unknown> };

export type JobStep = {
  position: number;
  name: string;
  status: StepStatus;
  /** How often it was begun. */
  attempts: number;
  /** What it did, one after the other. */
  output: StepSaying[] | undefined;
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
