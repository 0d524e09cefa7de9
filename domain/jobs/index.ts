export { JOB_KINDS, type JobKind, type JobPayload } from './kinds.ts';
export {
  beginStep,
  beginUndo,
  endJob,
  finishStep,
  giveBack,
  keepLeases,
  LEASE_MS,
  LeaseLost,
  pauseJob,
  recordUndo,
  reportStep,
  takeJob,
  type Failure,
  type Lease,
} from './journal.ts';
export { findLatestJob, getJob, isUnfinishedAbout, jobKey, listAwaiting, listJobs, listOutput } from './listings.ts';
export { listSteps, readOutputTail } from './listings.ts';
export { openJobOutput } from './output.ts';
export { forgetOldOutput, requestCancel, requestJob, retryJob } from './service.ts';
export {
  isFinished,
  JOB_STATUSES,
  STEP_SAYINGS,
  STEP_STATUSES,
  type ClaimedJob,
  type Job,
  type JobStatus,
  type JobStep,
  type StepSaying,
  type StepStatus,
} from './types.ts';
