import type { Job, JobStatus, JobStep, StepSaying, StepStatus } from './types.ts';

export type JobRow = {
  id: string;
  kind: string;
  subject: string;
  tenant_id: string | null;
  payload: Record<string, unknown>;
  status: JobStatus;
  attempts: number;
  error_code: string | null;
  error_message: string | null;
  cancel_requested_at: Date | null;
  requested_by: string;
  request_id: string;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  updated_at: Date;
};

export type StepRow = {
  job_id: string;
  position: number;
  name: string;
  status: StepStatus;
  attempts: number;
  output: StepSaying[] | null;
  error_message: string | null;
  started_at: Date | null;
  finished_at: Date | null;
};

export function toJob(row: JobRow): Job {
  return {
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    tenantId: row.tenant_id ?? undefined,
    status: row.status,
    attempts: row.attempts,
    errorCode: row.error_code ?? undefined,
    errorMessage: row.error_message ?? undefined,
    cancelRequestedAt: row.cancel_requested_at ?? undefined,
    requestedBy: row.requested_by,
    requestId: row.request_id,
    createdAt: row.created_at,
    startedAt: row.started_at ?? undefined,
    finishedAt: row.finished_at ?? undefined,
    updatedAt: row.updated_at,
  };
}

export function toStep(row: StepRow): JobStep {
  return {
    position: row.position,
    name: row.name,
    status: row.status,
    attempts: row.attempts,
    output: row.output ?? undefined,
    errorMessage: row.error_message ?? undefined,
    startedAt: row.started_at ?? undefined,
    finishedAt: row.finished_at ?? undefined,
  };
}
