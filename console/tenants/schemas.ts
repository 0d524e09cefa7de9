import { z } from 'zod';
import {
  allowedActions,
  TENANT_ACTIONS,
  TENANT_STATUSES,
  tenantFields,
  type Branding,
  type BrandingChanges,
  type EdgeProof,
  type Settings,
  type SettingsChanges,
  type StoreName,
  type Tenant,
} from '#domain/tenants/index.ts';
import { inputObject } from '#console/api/input-object.ts';
import { moment } from '#console/api/paging.ts';
import { jobSchema } from '#console/jobs/schemas.ts';

export const tenantParams = z.object({ slug: z.string().meta({ description: 'Slug or id of the store.' }) });

const brandingInput = inputObject({
  logo_url: tenantFields.logoUrl.nullable(),
  primary_color: tenantFields.color,
  secondary_color: tenantFields.color,
  features: tenantFields.features,
})
  .partial()
  .meta({ id: 'BrandingInput' });

const settingsInput = inputObject({
  quote_validity_days: tenantFields.quoteValidityDays,
  max_discount_pct: tenantFields.maxDiscountPct,
  sales_see_all: z.boolean(),
  sales_can_approve: z.boolean(),
})
  .partial()
  .meta({ id: 'SettingsInput' });

export const newTenant = inputObject({
  slug: tenantFields.slug.meta({ description: 'The label before the base domain.', example: 'acme' }),
  name: tenantFields.name.meta({ example: 'Acme Materiais' }),
  admin: inputObject({ name: tenantFields.adminName, email: tenantFields.adminEmail }).meta({
    description: "The store's first user.",
  }),
  branding: brandingInput.optional(),
  settings: settingsInput.optional(),
}).meta({ id: 'NewTenant' });

export const tenantChanges = inputObject({
  name: tenantFields.name,
  branding: brandingInput,
  settings: settingsInput,
  plan: tenantFields.plan.meta({ description: 'Code of a plan, as `GET /plans` lists them.' }),
})
  .partial()
  .meta({ id: 'TenantChanges' });

export const suspension = inputObject({
  reason: tenantFields.reason.default('Suspended through the API.'),
}).meta({ id: 'Suspension' });

export const edgeSchema = z.object({
  droplet: z.string(),
  revision: z.int(),
  state: z.enum(['live', 'suspended']),
  confirmed_at: moment.nullable().meta({ description: 'When the edge was seen answering with this revision.' }),
  probe_error: z.string().nullable(),
});

const name = z.object({
  slug: z.string(),
  kind: z.enum(['incoming', 'alias', 'quarantined']).meta({
    description:
      'incoming: a rename is under way to it; alias: it leads to `slug`; quarantined: it leads nowhere and is nobody’s.',
  }),
  ends_at: moment.nullable().meta({ description: 'When an alias is quarantined, or a quarantined name is free.' }),
});

export const tenantSummarySchema = z
  .object({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    status: z.enum(TENANT_STATUSES),
    status_reason: z.string().nullable(),
    status_changed_at: moment,
    actions: z.array(z.enum(TENANT_ACTIONS)).meta({ description: 'What may be done with it in this state.' }),
    archived_at: moment.nullable(),
    delete_after: moment
      .nullable()
      .meta({ description: 'When its grace is over: before, an archived store cannot be deleted.' }),
    url: z.url(),
    plan: z.string(),
    admin_email: z.string(),
    locale: z.string(),
    currency: z.string(),
    timezone: z.string(),
    created_at: moment,
    updated_at: moment,
    version: z.int(),
  })
  .meta({ id: 'TenantSummary' });

export const tenantSchema = tenantSummarySchema
  .extend({
    branding: z.object({
      logo_url: z.string().nullable(),
      primary_color: z.string(),
      secondary_color: z.string(),
      features: z.record(z.string(), z.boolean()),
      theme_version: z.int(),
    }),
    settings: z.object({
      quote_validity_days: z.int(),
      max_discount_pct: z.record(z.string(), z.number()),
      sales_see_all: z.boolean(),
      sales_can_approve: z.boolean(),
    }),
    edges: z.array(edgeSchema).meta({ description: 'What each edge serves for this store.' }),
    names: z.array(name).meta({ description: 'Its names besides `slug`.' }),
  })
  .meta({ id: 'Tenant' });

export const accepted = z.object({ tenant: tenantSchema, job: jobSchema }).meta({ id: 'AcceptedChange' });

export const created = accepted
  .extend({
    admin: z.object({
      email: z.string(),
      one_time_password: z.string().meta({
        description:
          'Shown in this answer, and to its replay by the same `Idempotency-Key` within 24 hours. It must be changed at the first sign-in: until then the store answers nothing else.',
      }),
    }),
  })
  .meta({ id: 'CreatedTenant' });

export function toSummaryJson(tenant: Tenant, url: string): z.input<typeof tenantSummarySchema> {
  return {
    id: tenant.id,
    slug: tenant.slug,
    name: tenant.name,
    status: tenant.status,
    status_reason: tenant.statusReason ?? null,
    status_changed_at: tenant.statusChangedAt.toISOString(),
    actions: [...allowedActions(tenant.status)],
    archived_at: tenant.archivedAt?.toISOString() ?? null,
    delete_after: tenant.deleteAfter?.toISOString() ?? null,
    url,
    plan: tenant.plan,
    admin_email: tenant.adminEmail,
    locale: tenant.locale,
    currency: tenant.currency,
    timezone: tenant.timezone,
    created_at: tenant.createdAt.toISOString(),
    updated_at: tenant.updatedAt.toISOString(),
    version: tenant.version,
  };
}

type Details = { branding: Branding; settings: Settings; edges: EdgeProof[]; names: StoreName[] };

export function toDetailsJson({ branding, settings, edges, names }: Details) {
  return {
    branding: {
      logo_url: branding.logoUrl,
      primary_color: branding.primaryColor,
      secondary_color: branding.secondaryColor,
      features: branding.features,
      theme_version: branding.themeVersion,
    },
    settings: {
      quote_validity_days: settings.quoteValidityDays,
      max_discount_pct: settings.maxDiscountPct,
      sales_see_all: settings.salesSeeAll,
      sales_can_approve: settings.salesCanApprove,
    },
    edges: edges.map(toEdgeJson),
    names: names.map(({ slug, kind, endsAt }) => ({ slug, kind, ends_at: endsAt?.toISOString() ?? null })),
  };
}

export function toEdgeJson(proof: EdgeProof): z.input<typeof edgeSchema> {
  return {
    droplet: proof.droplet,
    revision: proof.revision,
    state: proof.state,
    confirmed_at: proof.confirmedAt?.toISOString() ?? null,
    probe_error: proof.probeError ?? null,
  };
}

export function toBrandingChanges(given: z.output<typeof brandingInput>): BrandingChanges {
  return withoutUndefined({
    logoUrl: given.logo_url,
    primaryColor: given.primary_color,
    secondaryColor: given.secondary_color,
    features: given.features,
  });
}

export function toSettingsChanges(given: z.output<typeof settingsInput>): SettingsChanges {
  return withoutUndefined({
    quoteValidityDays: given.quote_validity_days,
    maxDiscountPct: given.max_discount_pct,
    salesSeeAll: given.sales_see_all,
    salesCanApprove: given.sales_can_approve,
  });
}

/** What the caller left out must not overwrite what there is. */
function withoutUndefined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
