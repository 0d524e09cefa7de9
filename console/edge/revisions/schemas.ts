import { z } from 'zod';
import {
  edgeFields,
  REVISION_OUTCOMES,
  type MapsDiff,
  type Revision,
  type RevisionFileDiff,
  type RollbackPlan,
} from '#domain/edge/index.ts';
import { inputObject } from '#console/api/input-object.ts';
import { moment, pageQuery } from '#console/api/paging.ts';
import { differenceSchema, toDifferenceJson } from '#console/edge/schemas.ts';
import { jobSchema } from '#console/jobs/schemas.ts';

export const revisionsQuery = pageQuery.extend({
  edge: z.string().optional().meta({ description: 'Name of an edge.' }),
  store: z.string().optional().meta({ description: 'Slug or id of a store.' }),
  outcome: z.enum(REVISION_OUTCOMES).optional(),
});

const failure = z.object({ code: z.string(), message: z.string() }).nullable();

export const revisionSchema = z
  .object({
    number: z.int(),
    edge: z.string(),
    kind: z.enum(['tenants', 'maps']),
    author: z.string(),
    reason: z.string(),
    job_id: z.uuid().nullable(),
    outcome: z.enum(REVISION_OUTCOMES),
    error: failure,
    created_at: moment,
    finished_at: moment.nullable(),
    files: z.int(),
    failed: z.int(),
    slug: z.string().nullable().meta({ description: 'The store, where it is of one only.' }),
  })
  .meta({ id: 'Revision' });

export const revisionParams = z.object({
  number: z.coerce.number({ error: 'Send the number of a revision.' }).int().positive(),
});

export const filesQuery = pageQuery.extend({
  store: z.string().optional().meta({ description: 'Only the file of the store that had this slug then.' }),
  only_failed: z.enum(['true', 'false']).default('false'),
});

const fileSchema = z.object({
  slug: z.string(),
  tenant_id: z.uuid(),
  state: z.enum(['live', 'suspended', 'absent']),
  outcome: z.enum(['pending', 'sent', 'confirmed', 'superseded', 'failed']),
  error: failure,
  previous_revision: z.int().nullable(),
  finished_at: moment.nullable(),
  served_revision: z.int().nullable().meta({ description: 'What the edge has for the store now.' }),
  probed_at: moment.nullable(),
  probe_error: z.string().nullable(),
  differences: z.array(differenceSchema),
});

export const revisionDetailsSchema = revisionSchema
  .extend({
    maps: z
      .object({ removed: z.array(z.string()), added: z.array(z.string()) })
      .nullable()
      .meta({ description: 'The lines that a revision of maps took away and added.' }),
    file_diffs: z.object({ items: z.array(fileSchema), next_cursor: z.string().nullable(), has_more: z.boolean() }),
  })
  .meta({ id: 'RevisionDetails' });

const dryRun = z.boolean().default(false).meta({ description: 'Only answer with the plan; nothing is changed.' });
const shown = z
  .string()
  .max(64)
  .optional()
  .meta({ description: 'The `fingerprint` of a plan; another plan is refused.' });
const reason = edgeFields.reason.default('Rolled back through the API.');

export const rollbackInput = inputObject({
  at: z.iso
    .datetime({ offset: true, error: 'Send a moment like 2026-11-26T14:05:00Z.' })
    .meta({ example: '2026-11-26T14:05:00Z' }),
  reason,
  shown,
  dry_run: dryRun,
}).meta({ id: 'EdgeRollback' });

export const tenantRollbackInput = inputObject({
  revision: z.int().positive().meta({ description: 'A revision that the store was served by.' }),
  reason,
  shown,
  dry_run: dryRun,
}).meta({ id: 'TenantRollback' });

const planSchema = z.object({
  fingerprint: z.string(),
  items: z.array(z.object({ slug: z.string(), tenant_id: z.uuid(), differences: z.array(differenceSchema) })),
});

export const rollbackSchema = z
  .object({ plan: planSchema, job: jobSchema.nullable().meta({ description: 'Null for a dry run.' }) })
  .meta({ id: 'Rollback' });

export function toRevisionJson(revision: Revision): z.input<typeof revisionSchema> {
  return {
    number: revision.number,
    edge: revision.edge,
    kind: revision.kind,
    author: revision.author,
    reason: revision.reason,
    job_id: revision.jobId ?? null,
    outcome: revision.outcome,
    error: revision.error ?? null,
    created_at: revision.createdAt.toISOString(),
    finished_at: iso(revision.finishedAt),
    files: revision.files,
    failed: revision.failed,
    slug: revision.slug ?? null,
  };
}

export function toMapsJson(maps: MapsDiff | undefined) {
  return maps ? { removed: maps.removed, added: maps.added } : null;
}

export function toFileJson(file: RevisionFileDiff): z.input<typeof fileSchema> {
  const { served } = file;
  return {
    slug: file.slug,
    tenant_id: file.tenantId,
    state: file.state,
    outcome: file.outcome,
    error: file.error ?? null,
    previous_revision: file.previousRevision ?? null,
    finished_at: iso(file.finishedAt),
    served_revision: served?.revision ?? null,
    probed_at: iso(served?.probedAt),
    probe_error: served?.probeError ?? null,
    differences: file.differences.map(toDifferenceJson),
  };
}

export function toRollbackPlanJson({ items, fingerprint }: RollbackPlan): z.input<typeof planSchema> {
  return {
    fingerprint,
    items: items.map(({ slug, tenantId, differences }) => ({
      slug,
      tenant_id: tenantId,
      differences: differences.map(toDifferenceJson),
    })),
  };
}

function iso(at: Date | undefined): string | null {
  return at?.toISOString() ?? null;
}
