import { z } from 'zod';
import {
  DRIFT_KINDS,
  EDGE_ACTIONS,
  EDGE_REASONS,
  EDGE_STATUSES,
  edgeFields,
  judgeEdge,
  type Difference,
  type Drift,
  type EdgeReport,
  type Inspection,
  type Reload,
} from '#domain/edge/index.ts';
import { inputObject } from '#console/api/input-object.ts';
import { moment, pageOf } from '#console/api/paging.ts';
import { jobSchema } from '#console/jobs/schemas.ts';

export const edgeParams = z.object({ name: z.string().meta({ description: 'Name of the edge.', example: 'edge-1' }) });

export const reloadSchema = z
  .object({
    at: moment,
    author: z.string(),
    reason: z.string(),
    job_id: z.uuid().nullable(),
    duration_ms: z.int(),
    error: z.string().nullable().meta({ description: 'Why nginx kept its old configuration.' }),
  })
  .meta({ id: 'Reload' });

const nginxSchema = z.object({
  as_of: moment,
  running: z.boolean().nullable(),
  started_at: moment.nullable(),
  workers: z.number().nullable(),
  connections: z.number().nullable(),
  requests_per_second: z.number().nullable().meta({ description: 'Over the last minute.' }),
  requests_4xx: z.number().nullable(),
  requests_5xx: z.number().nullable(),
  upstream_p50_ms: z.number().nullable(),
});

export const edgeSchema = z
  .object({
    name: z.string(),
    status: z.enum(EDGE_STATUSES),
    reasons: z.array(z.enum(EDGE_REASONS)).meta({ description: 'Why it is not ok, the gravest first.' }),
    next_action: z.enum(EDGE_ACTIONS).nullable(),
    as_of: moment,
    served_revision: z.int().nullable(),
    wanted_revision: z.int().nullable(),
    pending: z.object({ stores: z.int(), maps: z.boolean(), as_of: moment }),
    stores: z.object({ count: z.int(), confirmed: z.int(), failing: z.int(), oldest_probe_at: moment.nullable() }),
    drift: z.int(),
    looked_at: moment.nullable().meta({ description: 'When its disk was last compared.' }),
    look_error: z.string().nullable(),
    last_reload: reloadSchema.nullable(),
    nginx: nginxSchema.nullable().meta({ description: 'Null while it was never heard.' }),
  })
  .meta({ id: 'Edge' });

export const edgesSchema = z.object({ items: z.array(edgeSchema) });

export const differenceSchema = z.object({
  field: z.string(),
  before: z.unknown().meta({ description: 'Null where there was nothing.' }),
  after: z.unknown(),
});

const findingSchema = z
  .object({
    kind: z.enum(DRIFT_KINDS),
    name: z.string().meta({ description: 'A slug, `<folder>/<name>`, or `maps`.' }),
    tenant_id: z.uuid().nullable(),
    expected: z.string().nullable(),
    actual: z.string().nullable(),
    found_at: moment,
    seen_at: moment,
    published_text: z.string().nullable(),
    found_text: z.string().nullable(),
    differences: z.array(differenceSchema.extend({ adoptable: z.boolean() })),
    restorable: z.boolean(),
    adoptable: z.boolean(),
    bar_to_adoption: z.string().nullable().meta({ description: 'Why it cannot be adopted.', example: 'unreadable' }),
  })
  .meta({ id: 'DriftFinding' });

export const driftSchema = pageOf(findingSchema).extend({
  fingerprint: z.string().meta({ description: 'Send it as `shown` to have another state of the disk refused.' }),
});

const finding = { kind: z.enum(DRIFT_KINDS), name: z.string().min(1).max(300) };

export const restoreInput = inputObject({
  findings: z.array(inputObject(finding)).min(1).max(1000).optional().meta({
    description: 'Which findings; without it all of them.',
  }),
  shown: z.string().max(64).optional().meta({
    description:
      'The `fingerprint` of all that was seen: another state of the disk is refused. Of no use with `findings`.',
  }),
}).meta({ id: 'Restore' });

export const adoptionInput = inputObject({ name: finding.name.meta({ description: 'Slug of the store.' }) }).meta({
  id: 'DriftAdoption',
});

export const reloadInput = inputObject({
  reason: edgeFields.reason.default('Reloaded through the API.'),
}).meta({ id: 'ReloadOrder' });

export const acceptedJob = z.object({ job: jobSchema }).meta({ id: 'AcceptedJob' });

export function toEdgeJson(report: EdgeReport): z.input<typeof edgeSchema> {
  const { edge, asOf, revisions, pending, stores, drift, look, reload } = report;
  const { status, reasons, next } = judgeEdge(report);
  return {
    name: edge.name,
    status,
    reasons,
    next_action: next ?? null,
    as_of: asOf.toISOString(),
    served_revision: revisions.served ?? null,
    wanted_revision: revisions.wanted ?? null,
    pending: { stores: pending.stores, maps: pending.maps, as_of: pending.asOf.toISOString() },
    stores: {
      count: stores.stores,
      confirmed: stores.confirmed,
      failing: stores.failing,
      oldest_probe_at: iso(stores.oldestProbeAt),
    },
    drift,
    looked_at: iso(look?.lookedAt),
    look_error: look?.errorMessage ?? null,
    last_reload: reload ? toReloadJson(reload) : null,
    nginx: toNginxJson(report),
  };
}

function toNginxJson({ nginx }: EdgeReport): z.input<typeof nginxSchema> | null {
  if (!nginx) return null;
  return {
    as_of: nginx.asOf.toISOString(),
    running: nginx.isRunning ?? null,
    started_at: iso(nginx.startedAt),
    workers: nginx.workers ?? null,
    connections: nginx.connections ?? null,
    requests_per_second: nginx.requestsPerSecond ?? null,
    requests_4xx: nginx.refused ?? null,
    requests_5xx: nginx.failed ?? null,
    upstream_p50_ms: nginx.upstreamP50Ms ?? null,
  };
}

export function toReloadJson(reload: Reload): z.input<typeof reloadSchema> {
  const { at, author, reason, jobId, durationMs, errorMessage } = reload;
  return {
    at: at.toISOString(),
    author,
    reason,
    job_id: jobId ?? null,
    duration_ms: durationMs,
    error: errorMessage ?? null,
  };
}

export function toFindingJson(inspection: Inspection): z.input<typeof findingSchema> {
  const { drift, published, differences, canRestore, bar } = inspection;
  return {
    ...toDriftJson(drift),
    published_text: published ?? null,
    found_text: drift.found ?? null,
    differences: differences.map((it) => ({ ...toDifferenceJson(it), adoptable: it.isAdoptable })),
    restorable: canRestore,
    adoptable: bar === undefined,
    bar_to_adoption: bar ?? null,
  };
}

function toDriftJson({ kind, name, tenantId, expected, actual, foundAt, seenAt }: Drift) {
  return {
    kind,
    name,
    tenant_id: tenantId ?? null,
    expected: expected ?? null,
    actual: actual ?? null,
    found_at: foundAt.toISOString(),
    seen_at: seenAt.toISOString(),
  };
}

export function toDifferenceJson({ field, before, after }: Difference): z.input<typeof differenceSchema> {
  return { field, before: before ?? null, after: after ?? null };
}

function iso(at: Date | undefined): string | null {
  return at?.toISOString() ?? null;
}
