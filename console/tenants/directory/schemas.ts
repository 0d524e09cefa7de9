import { z } from 'zod';
import {
  PROOF_STATES,
  TENANT_SORTS,
  TENANT_STATUSES,
  type TenantSelection,
  type TenantSummary,
} from '#domain/tenants/index.ts';
import { moment, pageQuery } from '#console/api/paging.ts';
import { edgeSchema, tenantSummarySchema, toEdgeJson, toSummaryJson } from '#console/tenants/schemas.ts';

/** Which stores are meant: the filters of the list, and of what is done with many. */
export const selectionFields = {
  q: z.string().trim().max(120).optional().meta({ description: 'Part of the name or the slug.' }),
  status: z.enum(TENANT_STATUSES).optional(),
  plan: z.string().max(20).optional(),
  proof: z.enum(PROOF_STATES).optional().meta({
    description:
      '`served`: every edge that has the store was seen serving it; `failing`: an edge does not serve it as published; `unconfirmed`: no edge was seen serving it yet.',
  }),
};

export const tenantQuery = pageQuery.extend({
  ...selectionFields,
  sort: z.enum(TENANT_SORTS).default('created').meta({
    description: '`created` and `activity` are newest first, `status` what needs somebody first.',
  }),
});

export const tenantLineSchema = tenantSummarySchema
  .extend({
    users: z.int().meta({ description: 'How many people of the store can sign in.' }),
    last_activity_at: moment
      .nullable()
      .meta({ description: 'When somebody of the store last used it, to the minute.' }),
    edge: edgeSchema.nullable().meta({ description: 'The newest word from an edge.' }),
  })
  .meta({ id: 'TenantLine' });

export function toLineJson(tenant: TenantSummary, url: string): z.input<typeof tenantLineSchema> {
  return {
    ...toSummaryJson(tenant, url),
    users: tenant.users,
    last_activity_at: tenant.lastActivityAt?.toISOString() ?? null,
    edge: tenant.proof ? toEdgeJson(tenant.proof) : null,
  };
}

export function toSelection({
  q,
  ...others
}: { q?: string | undefined } & Omit<TenantSelection, 'search'>): TenantSelection {
  return { ...others, search: q };
}
