import { z } from 'zod';
import { auditKey, listAudit, type AuditRecord } from '#domain/audit/index.ts';
import { getTenant } from '#domain/tenants/index.ts';
import { toPage } from '#platform/http/cursor.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { moment, pageOf, pageQuery } from '#console/api/paging.ts';
import { role } from '#console/guards.ts';

const values = z.record(z.string(), z.unknown()).nullable();

const auditRecord = z
  .object({
    id: z.uuid(),
    at: moment,
    actor: z.object({
      kind: z.enum(['operator', 'token', 'user', 'system']),
      id: z.string().nullable(),
      label: z.string(),
    }),
    action: z.string().meta({ example: 'tenant.suspended' }),
    subject: z.object({ type: z.string(), id: z.string(), label: z.string() }),
    tenant_id: z.uuid().nullable(),
    before: values.meta({ description: 'Values before; secrets are masked.' }),
    after: values.meta({ description: 'Values after; secrets are masked.' }),
    ip: z.string().nullable(),
    request_id: z.string(),
  })
  .meta({ id: 'AuditRecord' });

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const auditQuery = pageQuery.extend({
  who: z.string().trim().max(120).optional().meta({ description: 'Part of the name of who did it.' }),
  action: z
    .string()
    .trim()
    .max(120)
    .optional()
    .meta({ description: 'An action, or the kind of thing it was done to.' }),
  tenant: z.string().trim().max(40).optional().meta({ description: 'Slug or id of a store.' }),
  from: instant.optional().meta({ description: 'From this instant on.' }),
  to: instant.optional().meta({ description: 'Before this instant.' }),
});

export const auditEndpoints = [
  endpoint({
    method: 'get',
    path: '/audit',
    guard: role('viewer'),
    summary: 'Who did what, newest first',
    tag: 'Audit',
    query: auditQuery,
    response: pageOf(auditRecord),
    refusals: { 400: 'The cursor is not one of ours.', 404: 'There is no such store.' },
    async run(ctx, { query: { tenant, cursor, ...filter } }) {
      const tenantId = tenant === undefined ? undefined : (await getTenant(ctx, tenant)).id;
      const rows = await listAudit(ctx, { ...filter, tenantId, after: ctx.cursors.decode(cursor) });
      const page = toPage(rows, filter.limit, ctx.cursors, auditKey);
      return { body: { ...page, items: page.items.map(toJson) } };
    },
  }),
];

function toJson({
  at,
  actor,
  tenantId,
  requestId,
  before,
  after,
  ip,
  ...rest
}: AuditRecord): z.input<typeof auditRecord> {
  return {
    ...rest,
    at: at.toISOString(),
    actor: { ...actor, id: actor.id ?? null },
    tenant_id: tenantId ?? null,
    before: before ?? null,
    after: after ?? null,
    ip: ip ?? null,
    request_id: requestId,
  };
}
