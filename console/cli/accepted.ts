import { z } from 'zod';
import { getJob, isFinished } from '#domain/jobs/index.ts';
import { getTenant } from '#domain/tenants/index.ts';
import { toJobJson } from '#console/jobs/schemas.ts';
import { toSummaryJson } from '#console/tenants/schemas.ts';
import type { Result, Tools } from './command.ts';
import { followJob } from './follow-job.ts';

/** What the commands have in common that ask for a job of one store. */

export const slug = {
  value: 'SLUG',
  help: 'Which store.',
  schema: z.string().min(1, { error: 'Type the slug of a store.' }),
};

type Accepted = {
  tenantId: string;
  jobId: string;
  wait: boolean;
  /** What the store is while the job is not through, where its status does not say it. */
  under?: string;
};

/** The store and its job: as they are now, or as they are when the job has ended. */
export async function accepted(
  { ctx, storeUrl, progress }: Tools,
  { tenantId, jobId, wait, under }: Accepted,
): Promise<Result> {
  const job = wait ? await followJob(ctx, jobId, progress) : await getJob(ctx, jobId);
  const tenant = await getTenant(ctx, tenantId);
  const url = storeUrl(tenant.slug);
  const state = under !== undefined && !isFinished(job.status) ? under : tenant.status;
  return {
    text: `${tenant.slug} is ${state} (${url}), job ${jobId} is ${job.status}.`,
    json: { tenant: toSummaryJson(tenant, url), job: toJobJson(job) },
  };
}
