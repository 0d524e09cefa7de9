import {
  beginStep,
  beginUndo,
  finishStep,
  giveBack,
  LeaseLost,
  pauseJob,
  reportStep,
  type ClaimedJob,
  type Failure,
  type Job,
  type JobStep,
  type StepSaying,
} from '#domain/jobs/index.ts';
import { toError } from '#platform/errors.ts';
import { CancelJob } from '#platform/jobs/steering.ts';
import { abandonJob, succeedJob } from './end-job.ts';
import { judgeFailure, type RetryPolicy } from './failure-policy.ts';
import type { JobContext, JobHandler, Plan } from './job-handler.ts';
import type { HeldJob, Leases } from './leases.ts';
import { undoJob } from './undo-job.ts';

export type JobRunner = {
  contextFor(job: Job): JobContext;
  handlers: ReadonlyMap<string, JobHandler>;
  leases: Leases;
  retry: RetryPolicy;
  /** Aborted when the process stops: no further step is begun. */
  stopping: AbortSignal;
  /** Aborted a little later: a step still at work must let go. */
  stopNow: AbortSignal;
};

/**
 * Takes a job and runs its remaining steps; when one fails for good, undoes the done ones. Returns when the job is
 * finished, laid aside or given back, at once when it is not ours to take. Each step is recorded before and after, so
 * that a worker killed anywhere in here leaves a job which the next one can go on with.
 */
export async function runJob(runner: JobRunner, ctx: JobContext, jobId: string): Promise<void> {
  const held = await runner.leases.take(ctx, jobId);
  if (!held) return;
  const jobCtx = runner.contextFor(held.job);
  try {
    await advance(runner, jobCtx, held);
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    jobCtx.log.warn({ err: error }, 'another worker may have this job now');
  } finally {
    held.release();
  }
}

async function advance(runner: JobRunner, ctx: JobContext, held: HeldJob): Promise<void> {
  const plan = planFor(runner, held.job);
  if (plan instanceof CancelJob) return abandonJob(ctx, held, plan);
  if (held.job.status === 'undoing') return undoJob(runner, ctx, held, { plan, failure: recordedFailure(held.job) });
  for (const step of held.steps) {
    if (step.status === 'done') continue;
    const next = await runStep(runner, ctx, held, { ...plan, step });
    if (next === 'leave') return undefined;
    if (next !== 'go on') return undoJob(runner, ctx, held, { plan, failure: next });
  }
  await succeedJob(ctx, held);
}

function planFor({ handlers }: JobRunner, job: ClaimedJob): Plan | CancelJob {
  const handler = handlers.get(job.kind);
  if (!handler) return new CancelJob('job_kind_unknown', `This worker knows no job of kind ${job.kind}.`);
  try {
    return { handler, payload: handler.parse(job.payload) };
  } catch (error) {
    return new CancelJob('job_payload_invalid', `The payload is not that of a ${job.kind}.`, { cause: error });
  }
}

function recordedFailure(job: Job): Failure {
  return { code: job.errorCode ?? 'unexpected_error', message: job.errorMessage ?? 'The job failed.' };
}

/** A failure is counted by the retry policy; a step that takes its worker down with it is stopped by this. */
const MAX_BEGINNINGS = 10;

/** Go on with the next step, leave the job for later, or undo it because of this failure. */
type Next = 'go on' | 'leave' | Failure;

async function runStep(
  runner: JobRunner,
  ctx: JobContext,
  held: HeldJob,
  { handler, payload, step }: Plan & { step: JobStep },
): Promise<Next> {
  const signal = AbortSignal.any([held.lost, held.cancelled, runner.stopNow]);
  const { position } = step;
  try {
    signal.throwIfAborted();
    if (runner.stopping.aborted) return await leave(ctx, held);
    if (step.attempts >= MAX_BEGINNINGS)
      throw new CancelJob('worker_died', `${step.name} was begun ${step.attempts} times and never ended.`);
    await beginStep(ctx, held, position);
    const say = (output: StepSaying[]) => reportStep(ctx, held, position, output);
    const output = await handler.steps[position - 1]!.do(ctx, payload, { jobId: held.job.id, signal, say });
    await finishStep(ctx, held, position, output);
    return 'go on';
  } catch (thrown) {
    // Whoever aborted is the reason; what the aborted call threw is only its echo.
    const error = signal.aborted ? toError(signal.reason) : toError(thrown);
    if (error instanceof LeaseLost) throw error;
    if (runner.stopNow.aborted) return leave(ctx, held);
    return settleFailure(runner, ctx, held, { error, step });
  }
}

async function leave(ctx: JobContext, held: HeldJob): Promise<Next> {
  await giveBack(ctx, held);
  return 'leave';
}

async function settleFailure(
  { retry }: JobRunner,
  ctx: JobContext,
  held: HeldJob,
  { error, step }: { error: Error; step: JobStep },
): Promise<Next> {
  const verdict = judgeFailure(error, step.attempts + 1, retry);
  const { position, name } = step;
  if (verdict.action === 'pause') {
    const { delayMs, errorMessage } = verdict;
    if (errorMessage !== null)
      ctx.log.warn({ err: error, step: name, delayMs }, 'a step failed and will be tried again');
    await pauseJob(ctx, held, { position, delayMs, errorMessage });
    return 'leave';
  }
  ctx.log.error({ err: error, step: name }, 'a step failed for good, undoing the job');
  await beginUndo(ctx, held, verdict.failure, position);
  return verdict.failure;
}
