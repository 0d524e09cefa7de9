import { z } from 'zod';
import { JOB_STATUSES, STEP_STATUSES, type Job, type JobStep } from '#domain/jobs/index.ts';
import { createTranslator } from '#platform/http/i18n.ts';
import { moment } from '#console/api/paging.ts';
import { saidOf } from './presenter.ts';
import { jobTexts } from './texts.ts';

/** Programs read one language. */
export const inEnglish = createTranslator([jobTexts])('en');

export const jobSchema = z
  .object({
    id: z.uuid(),
    kind: z.string().meta({ example: 'tenant.provision' }),
    subject: z.string().meta({ example: 'store acme' }),
    tenant_id: z.uuid().nullable(),
    status: z.enum(JOB_STATUSES),
    attempts: z.int(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    cancel_requested_at: moment.nullable(),
    requested_by: z.string(),
    created_at: moment,
    started_at: moment.nullable(),
    finished_at: moment.nullable(),
    steps: z.array(
      z.object({
        position: z.int(),
        name: z.string(),
        status: z.enum(STEP_STATUSES),
        attempts: z.int(),
        output: z.string().nullable().meta({ description: 'What the step did, in English.' }),
        error_message: z.string().nullable(),
        started_at: moment.nullable(),
        finished_at: moment.nullable(),
      }),
    ),
  })
  .meta({ id: 'Job' });

export const outputQuery = z.object({
  after: z.coerce
    .number({ error: 'Send the last seq you have.' })
    .pipe(z.int({ error: 'Send the last seq you have.' }).min(0, { error: 'Send the last seq you have.' }))
    .default(0),
  limit: z.coerce
    .number({ error: 'Send a number from 1 to 500.' })
    .pipe(
      z
        .int({ error: 'Send a number from 1 to 500.' })
        .min(1, { error: 'Send a number from 1 to 500.' })
        .max(500, { error: 'Send a number from 1 to 500.' }),
    )
    .default(500),
});

export const outputSchema = z
  .object({ items: z.array(z.object({ seq: z.int(), at: moment, text: z.string() })), has_more: z.boolean() })
  .meta({ id: 'JobOutput' });

/** The payload stays out: it may hold personal data, and nobody needs it to follow a job. */
export function toJobJson(job: Job & { steps: JobStep[] }): z.input<typeof jobSchema> {
  const failed = job.errorCode !== undefined || job.errorMessage !== undefined;
  return {
    id: job.id,
    kind: job.kind,
    subject: job.subject,
    tenant_id: job.tenantId ?? null,
    status: job.status,
    attempts: job.attempts,
    error: failed ? { code: job.errorCode ?? 'unknown', message: job.errorMessage ?? '' } : null,
    cancel_requested_at: iso(job.cancelRequestedAt),
    requested_by: job.requestedBy,
    created_at: job.createdAt.toISOString(),
    started_at: iso(job.startedAt),
    finished_at: iso(job.finishedAt),
    steps: job.steps.map((step) => ({
      position: step.position,
      name: step.name,
      status: step.status,
      attempts: step.attempts,
      output: saidOf(step, inEnglish) ?? null,
      error_message: step.errorMessage ?? null,
      started_at: iso(step.startedAt),
      finished_at: iso(step.finishedAt),
    })),
  };
}

function iso(at: Date | undefined): string | null {
  return at?.toISOString() ?? null;
}
