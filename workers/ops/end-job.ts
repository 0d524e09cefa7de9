import { openAlert, resolveAlert } from '#domain/alerts/index.ts';
import { beginUndo, endJob, type Failure, type Job } from '#domain/jobs/index.ts';
import { failProvisioning } from '#domain/tenants/index.ts';
import { withTransaction } from '#platform/db/index.ts';
import type { JobContext } from './job-handler.ts';
import type { HeldJob } from './leases.ts';

/** The key of the alert that says a person must look at what a job left behind. */
const leftBehindAlert = (job: Job) => `job:${job.id}:left_behind`;

/** Ends a job that did all of its steps. What an earlier try of it left behind is in order now. */
export async function succeedJob(ctx: JobContext, held: HeldJob): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    await resolveAlert(tx, leftBehindAlert(held.job));
    await endJob(tx, held, { status: 'succeeded' });
  });
  ctx.log.info({}, 'job succeeded');
}

/** Ends a job whose steps were taken back. `problems` are those that could not be: an alert calls for a person. */
export async function endUndoneJob(
  ctx: JobContext,
  held: HeldJob,
  { failure, problems }: { failure: Failure; problems: string[] },
): Promise<void> {
  const status = failure.code === 'job_cancelled' ? 'cancelled' : 'failed';
  await withTransaction(ctx, async (tx) => {
    if (problems.length > 0)
      await callForPerson(tx, held.job, {
        title: `A failed job left something behind: ${held.job.subject}`,
        detail: `${held.job.kind} could not undo ${problems.join('; ')}`,
      });
    const leftBehind = problems.length > 0 ? ` Left behind: ${problems.join('; ')}` : '';
    await endJob(tx, held, { status, errorMessage: failure.message + leftBehind });
  });
  ctx.log.info({ status, problems }, 'job undone');
}

/**
 * Ends a job of which this worker can neither run nor undo anything. A store that it should have made is `failed` from now
 * on instead of being made for ever; its name stays taken, so that the job can be retried by a worker that knows how.
 */
export async function abandonJob(ctx: JobContext, held: HeldJob, failure: Failure): Promise<void> {
  const { job } = held;
  await withTransaction(ctx, async (tx) => {
    if (job.tenantId !== undefined) await failProvisioning(tx, job.tenantId, failure.message);
    await callForPerson(tx, job, {
      title: `A job could not be run: ${job.subject}`,
      detail: `${failure.message} Nothing was undone. Retry the job once a worker understands it.`,
    });
    await beginUndo(tx, held, failure);
    await endJob(tx, held, { status: 'failed' });
  });
  ctx.log.error({ code: failure.code, reason: failure.message }, 'a job could not be run');
}

async function callForPerson(tx: JobContext, job: Job, words: { title: string; detail: string }): Promise<void> {
  const tenant = job.tenantId === undefined ? {} : { tenantId: job.tenantId };
  await openAlert(tx, { key: leftBehindAlert(job), severity: 'critical', ...words, ...tenant });
}
