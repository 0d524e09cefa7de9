import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import {
  tenantFields,
  type Branding,
  type BrandingChanges,
  type CreateTenantInput,
  type Settings,
  type SettingsChanges,
  type Tenant,
  type UpdateTenantInput,
} from '#domain/tenants/index.ts';
import type { FieldChange } from './types.ts';

/** An object of a file: an unknown field is named together with those there are. */
function entryObject<S extends z.core.$ZodLooseShape>(shape: S) {
  const fields = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error({ code }) {
      if (code === 'unrecognized_keys') return `There is no such field here. Write one of: ${fields}.`;
      return code === 'invalid_type' ? `Write an object with: ${fields}.` : undefined;
    },
  });
}

const admin = entryObject({ name: tenantFields.adminName.optional(), email: tenantFields.adminEmail.optional() });

const branding = entryObject({
  primary_color: tenantFields.color.optional(),
  secondary_color: tenantFields.color.optional(),
  logo_url: tenantFields.logoUrl.nullable().optional(),
  features: tenantFields.features.optional(),
});

const settings = entryObject({
  quote_validity_days: tenantFields.quoteValidityDays.optional(),
  max_discount_pct: tenantFields.maxDiscountPct.optional(),
  sales_see_all: z.boolean().optional(),
  sales_can_approve: z.boolean().optional(),
});

const objects = { admin: admin.optional(), branding: branding.optional(), settings: settings.optional() };

/** One store of a file: as the API makes one, plus the plan. What is left out stays as it is, or takes the default. */
export const storeEntry = entryObject({
  slug: tenantFields.slug,
  name: tenantFields.name.optional(),
  plan: tenantFields.plan.optional(),
  ...objects,
});

const SHAPES: Record<string, object> = { admin: admin.shape, branding: branding.shape, settings: settings.shape };

/** The names of the fields that there are where this path ends. */
export function fieldsAt(path: string): string {
  const [outer, inner] = path.split('.');
  const shape = inner === undefined ? storeEntry.shape : (SHAPES[outer!] ?? {});
  return Object.keys(shape).join(', ');
}

export type StoreEntry = z.output<typeof storeEntry>;

/** What a new store needs and the line does not say, by the paths of the fields. */
export function missingForNew({ name, admin }: StoreEntry): string[] {
  const needed = { name, 'admin.name': admin?.name, 'admin.email': admin?.email };
  return Object.entries(needed).flatMap(([path, value]) => (value === undefined ? [path] : []));
}

/** What makes the store. Throws TypeError when {@link missingForNew} is not empty: the caller has refused that. */
export function toNewTenant(entry: StoreEntry): CreateTenantInput {
  const { slug, name, admin, plan } = entry;
  if (name === undefined || admin?.name === undefined || admin.email === undefined)
    throw new TypeError(`${slug} lacks what a new store needs`);
  return {
    slug,
    name,
    admin: { name: admin.name, email: admin.email },
    branding: toBranding(entry),
    settings: toSettings(entry),
    ...(plan !== undefined && { plan }),
  };
}

export function toTenantChanges(entry: StoreEntry): UpdateTenantInput {
  return { name: entry.name, plan: entry.plan, branding: toBranding(entry), settings: toSettings(entry) };
}

function toBranding({ branding = {} }: StoreEntry): BrandingChanges {
  return withoutUndefined({
    primaryColor: branding.primary_color,
    secondaryColor: branding.secondary_color,
    logoUrl: branding.logo_url,
    features: branding.features,
  });
}

function toSettings({ settings = {} }: StoreEntry): SettingsChanges {
  return withoutUndefined({
    quoteValidityDays: settings.quote_validity_days,
    maxDiscountPct: settings.max_discount_pct,
    salesSeeAll: settings.sales_see_all,
    salesCanApprove: settings.sales_can_approve,
  });
}

function withoutUndefined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

type Store = { tenant: Tenant; branding: Branding; settings: Settings };

/** What the line wants of this store otherwise than it is, field by field. */
export function changesOf(entry: StoreEntry, { tenant, branding, settings }: Store): FieldChange[] {
  const { branding: look = {}, settings: rules = {} } = entry;
  const fields: FieldChange[] = [
    { field: 'name', before: tenant.name, after: entry.name },
    { field: 'plan', before: tenant.plan, after: entry.plan },
    { field: 'primary_color', before: branding.primaryColor, after: look.primary_color },
    { field: 'secondary_color', before: branding.secondaryColor, after: look.secondary_color },
    { field: 'logo_url', before: branding.logoUrl, after: look.logo_url },
    { field: 'features', before: branding.features, after: look.features },
    { field: 'quote_validity_days', before: settings.quoteValidityDays, after: rules.quote_validity_days },
    { field: 'max_discount_pct', before: settings.maxDiscountPct, after: rules.max_discount_pct },
    { field: 'sales_see_all', before: settings.salesSeeAll, after: rules.sales_see_all },
    { field: 'sales_can_approve', before: settings.salesCanApprove, after: rules.sales_can_approve },
  ];
  return fields.filter(({ before, after }) => after !== undefined && !isDeepStrictEqual(before, after));
}
