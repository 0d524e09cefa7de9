import { z } from 'zod';
import { edgeFields, type PublicationPlan } from '#domain/edge/index.ts';
import { inputObject } from '#console/api/input-object.ts';
import { differenceSchema, toDifferenceJson } from '#console/edge/schemas.ts';
import { jobSchema } from '#console/jobs/schemas.ts';

export const publicationInput = inputObject({
  slugs: z.array(z.string().min(1).max(60)).min(1).max(1000).optional().meta({ description: 'Which stores.' }),
  pending: z.literal(true).optional().meta({ description: 'Everything that is pending, maps included.' }),
  reason: edgeFields.reason.default('Published through the API.'),
  shown: z.string().max(64).optional().meta({ description: 'The `fingerprint` of a plan; another plan is refused.' }),
  dry_run: z.boolean().default(false).meta({ description: 'Only answer with the plan; nothing is published.' }),
})
  .refine(({ slugs, pending }) => (slugs === undefined) !== (pending === undefined), {
    path: ['slugs'],
    error: 'Send either slugs or pending: true.',
  })
  .meta({ id: 'EdgePublication' });

const planSchema = z.object({
  fingerprint: z.string(),
  file_count: z.int(),
  files: z
    .array(
      z.object({
        edge: z.string(),
        slug: z.string(),
        tenant_id: z.uuid(),
        action: z.enum(['put', 'remove']),
        differences: z.array(differenceSchema),
        fault: z.string().nullable().meta({ description: 'Why it cannot be published.' }),
      }),
    )
    .meta({ description: 'The first thousand.' }),
  maps: z.array(z.object({ edge: z.string(), removed: z.array(z.string()), added: z.array(z.string()) })),
});

export const publicationSchema = z
  .object({
    plan: planSchema,
    jobs: z.array(jobSchema).meta({ description: 'One for stores and one for maps, as needed; none for a dry run.' }),
  })
  .meta({ id: 'Publication' });

export function toPlanJson({ fingerprint, fileCount, files, maps }: PublicationPlan): z.input<typeof planSchema> {
  return {
    fingerprint,
    file_count: fileCount,
    files: files.map(({ edge, slug, tenantId, action, differences, fault }) => ({
      edge,
      slug,
      tenant_id: tenantId,
      action,
      differences: differences.map(toDifferenceJson),
      fault: fault ?? null,
    })),
    maps: maps.map(({ edge, removed, added }) => ({ edge, removed, added })),
  };
}
