import { z } from 'zod';
import { getJob } from '#domain/jobs/index.ts';
import { toJobJson } from '#console/jobs/schemas.ts';
import type { Result, Tools } from './command.ts';
import { followJob } from './follow-job.ts';

export const wait = {
  help: 'Follow the job to its end; the exit code is then the job’s.',
  schema: z.boolean().default(false),
};

/** The job that was asked for: as it is now, or, when `isAwaited`, as it is when it has ended. */
export async function requested(
  { ctx, progress }: Pick<Tools, 'ctx' | 'progress'>,
  jobId: string,
  isAwaited: boolean,
): Promise<Result> {
  const job = isAwaited ? await followJob(ctx, jobId, progress) : await getJob(ctx, jobId);
  return { text: `Job ${jobId} (${job.kind} · ${job.subject}) is ${job.status}.`, json: { job: toJobJson(job) } };
}
