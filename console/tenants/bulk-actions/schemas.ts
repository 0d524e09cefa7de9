import { z } from 'zod';
import { BULK_ACTIONS, type BulkPlan, type BulkSelection, type BulkStore } from '#domain/bulk-actions/index.ts';
import { inputObject } from '#console/api/input-object.ts';
import { moment } from '#console/api/paging.ts';
import { jobSchema } from '#console/jobs/schemas.ts';
import { selectionFields, toSelection } from '#console/tenants/directory/schemas.ts';

const MAX_SLUGS = 10_000;

const reason = z
  .string()
  .trim()
  .min(3, { error: 'Say why, in 3 to 300 characters.' })
  .max(300, { error: 'Say why, in 3 to 300 characters.' });

export const bulkAction = inputObject({
  action: z.enum(BULK_ACTIONS),
  slugs: z.array(z.string().max(60)).min(1).max(MAX_SLUGS).optional().meta({ description: 'These stores.' }),
  filter: inputObject(selectionFields)
    .optional()
    .meta({ description: 'All stores that match; `{}` means every store.' }),
  reason: reason.default('Done through the API.'),
  dry_run: z.boolean().default(false).meta({ description: 'Only make the plan; it can be confirmed later.' }),
})
  .refine(({ slugs, filter }) => (slugs === undefined) !== (filter === undefined), {
    error: 'Send either slugs or filter.',
    path: ['slugs'],
  })
  .meta({ id: 'BulkAction' });

export const bulkConfirmation = inputObject({ reason: reason.default('Done through the API.') }).meta({
  id: 'BulkConfirmation',
});

export function selectionOf({ slugs, filter }: z.output<typeof bulkAction>): BulkSelection {
  return slugs ? { slugs } : { filter: toSelection(filter ?? {}) };
}

export const bulkPlanSchema = z
  .object({
    id: z.uuid(),
    action: z.enum(BULK_ACTIONS),
    created_by: z.string(),
    created_at: moment,
    confirmed_at: moment.nullable(),
    job_id: z.uuid().nullable(),
    stores: z.int().meta({ description: 'Stores that it is done to.' }),
    files: z.int().meta({ description: 'Files that change on the edges.' }),
    people: z.int().meta({ description: 'People who can sign in to these stores.' }),
    refused: z.int().meta({ description: 'Stores whose state does not allow it.' }),
    changed: z.int().meta({ description: 'Stores that were left alone because they had changed since the plan.' }),
  })
  .meta({ id: 'BulkPlan' });

export const bulkAnswer = z
  .object({ plan: bulkPlanSchema, job: jobSchema.nullable() })
  .meta({ id: 'BulkAnswer', description: 'Without a job nothing was done yet.' });

export const bulkStoreSchema = z
  .object({
    tenant_id: z.uuid(),
    slug: z.string(),
    refusal: z
      .string()
      .nullable()
      .meta({ description: 'The code of why nothing is done with it.', example: 'tenant_archived' }),
    changed: z.boolean(),
    files: z.array(
      z.object({
        edge: z.string(),
        action: z.enum(['put', 'remove']),
        differences: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
        fault: z.string().nullable().meta({ description: 'Why this file cannot be published.' }),
      }),
    ),
  })
  .meta({ id: 'BulkStore' });

export function toPlanJson(plan: BulkPlan): z.input<typeof bulkPlanSchema> {
  return {
    id: plan.id,
    action: plan.action,
    created_by: plan.createdBy,
    created_at: plan.createdAt.toISOString(),
    confirmed_at: plan.confirmedAt?.toISOString() ?? null,
    job_id: plan.jobId ?? null,
    ...plan.counts,
  };
}

export function toBulkStoreJson({
  tenantId,
  slug,
  refusal,
  changed,
  files,
}: BulkStore): z.input<typeof bulkStoreSchema> {
  return {
    tenant_id: tenantId,
    slug,
    refusal: refusal ?? null,
    changed,
    files: files.map(({ edge, action, differences, fault }) => ({
      edge,
      action,
      differences: differences.map(({ field, before = null, after = null }) => ({ field, before, after })),
      fault: fault ?? null,
    })),
  };
}
