import { recordAudit } from '#domain/audit/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict, NotFound } from '#platform/errors.ts';
import { JOB_KINDS, type JobInput, type JobKind } from './kinds.ts';
import { deleteOutputBefore, lockJob, markCancelRequested, resetJob } from './queries.ts';
import { isFinished, type Job } from './types.ts';

type JobOrder<K extends JobKind> = { kind: K; subject: string; tenantId?: string; payload: JobInput<K> };

/**
 * Records a job with the steps of its kind and hands it to the queue, on the caller's transaction. Returns its id.
 * Throws ZodError when the payload is not what the kind asks for: that is a mistake in our code, found before it is stored.
 */
export async function requestJob<K extends JobKind>(tx: Context, order: JobOrder<K>): Promise<string> {
  const { payload, steps } = JOB_KINDS[order.kind];
  return tx.jobs.enqueue({ ...order, payload: payload.parse(order.payload), steps });
}

/**
 * Asks the worker to stop the job and undo what it did. The worker answers within about a second; until then the job
 * keeps its status. Throws Conflict `job_not_cancellable` when it is finished or already being undone.
 */
export async function requestCancel(ctx: Context, id: string): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const job = await getLockedJob(tx, id);
    if (job.status !== 'queued' && job.status !== 'running')
      throw new Conflict('job_not_cancellable', `This job is ${job.status}; there is nothing left to cancel.`);
    if (job.cancelRequestedAt) return;
    await markCancelRequested(tx.db, id, tx.clock.now());
    await recordAudit(tx, { action: 'job.cancel_requested', ...about(job), before: { status: job.status } });
  });
}

/**
 * Runs a failed or cancelled job again from its first step, under the same id. Throws Conflict `job_not_retryable` when it
 * is still at work or succeeded.
 */
export async function retryJob(ctx: Context, id: string): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const job = await getLockedJob(tx, id);
    if (job.status === 'succeeded' || !isFinished(job.status))
      throw new Conflict(
        'job_not_retryable',
        `This job is ${job.status}; only a failed or cancelled one can be retried.`,
      );
    await resetJob(tx.db, id, tx.clock.now());
    await recordAudit(tx, {
      action: 'job.retried',
      ...about(job),
      before: { status: job.status, error: job.errorMessage },
      after: { status: 'queued' },
    });
  });
}

const OUTPUT_KEPT_DAYS = 14;

/** Forgets what jobs printed more than 14 days ago; the jobs and their steps stay. */
export async function forgetOldOutput(ctx: Context): Promise<void> {
  const count = await deleteOutputBefore(ctx.db, new Date(ctx.clock.now().getTime() - OUTPUT_KEPT_DAYS * 86_400_000));
  if (count > 0) ctx.log.info({ count }, 'forgot what old jobs printed');
}

async function getLockedJob(tx: Context, id: string): Promise<Job> {
  const job = await lockJob(tx.db, id);
  if (!job) throw new NotFound('job_not_found', 'There is no such job.');
  return job;
}

function about(job: Job) {
  const subject = { type: 'job', id: job.id, label: `${job.kind} · ${job.subject}` };
  return { subject, ...(job.tenantId !== undefined && { tenantId: job.tenantId }) };
}
