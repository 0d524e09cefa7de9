import {
  DEFAULT_BRANDING,
  DEFAULT_SETTINGS,
  type Branding,
  type Settings,
  type Tenant,
  type TenantStatus,
} from './types.ts';

export type TenantRow = {
  id: string;
  slug: string;
  name: string;
  status: TenantStatus;
  status_reason: string | null;
  status_changed_at: Date;
  archived_at: Date | null;
  archived_from: 'live' | 'suspended' | null;
  delete_after: Date | null;
  plan: string;
  admin_email: string;
  locale: string;
  currency: string;
  timezone: string;
  created_at: Date;
  updated_at: Date;
  version: number;
};

export type BrandingRow = {
  logo_url: string | null;
  primary_color: string;
  secondary_color: string;
  features: Record<string, boolean>;
  theme_version: number;
};

export type SettingsRow = {
  quote_validity_days: number;
  max_discount_pct: Record<string, number>;
  sales_see_all: boolean;
  sales_can_approve: boolean;
};

export function toTenant(row: TenantRow): Tenant {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    status: row.status,
    statusReason: row.status_reason ?? undefined,
    statusChangedAt: row.status_changed_at,
    archivedAt: row.archived_at ?? undefined,
    archivedFrom: row.archived_from ?? undefined,
    deleteAfter: row.delete_after ?? undefined,
    plan: row.plan,
    adminEmail: row.admin_email,
    locale: row.locale,
    currency: row.currency,
    timezone: row.timezone,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  };
}

/** A tenant without a row is one whose provisioning has not come that far; it will get the defaults. */
export function toBranding(row: BrandingRow | undefined): Branding {
  if (!row) return DEFAULT_BRANDING;
  return {
    logoUrl: row.logo_url,
    primaryColor: row.primary_color,
    secondaryColor: row.secondary_color,
    features: row.features,
    themeVersion: row.theme_version,
  };
}

export function toSettings(row: SettingsRow | undefined): Settings {
  if (!row) return DEFAULT_SETTINGS;
  return {
    quoteValidityDays: row.quote_validity_days,
    maxDiscountPct: row.max_discount_pct,
    salesSeeAll: row.sales_see_all,
    salesCanApprove: row.sales_can_approve,
  };
}
