import { setTimeout as pause } from 'node:timers/promises';
import { getJob, isFinished, type Job, type JobStep } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { saidOf } from '#console/jobs/presenter.ts';
import { inEnglish } from '#console/jobs/schemas.ts';
import { Conflict } from '#platform/errors.ts';

const LOOK_AGAIN_MS = 200;

/**
 * Waits until the job has ended and tells each step as it is done. Throws Conflict `job_failed` or `job_cancelled` with
 * the reason when it did not succeed; to stop waiting does not stop the job.
 */
export async function followJob(
  ctx: Context,
  id: string,
  progress: (line: string) => void,
): Promise<Job & { steps: JobStep[] }> {
  let told = 0;
  for (;;) {
    const job = await getJob(ctx, id);
    const done = job.steps.filter((step) => step.status === 'done');
    for (const step of done.slice(told)) progress(`${step.name}: ${saidOf(step, inEnglish) ?? 'done'}`);
    told = Math.max(told, done.length);
    if (job.status === 'succeeded') return job;
    if (isFinished(job.status))
      throw new Conflict(`job_${job.status}`, `The job ${job.status}: ${job.errorMessage ?? id}`);
    await pause(LOOK_AGAIN_MS);
  }
}
