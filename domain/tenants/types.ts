export const TENANT_STATUSES = ['provisioning', 'live', 'suspended', 'failed', 'archived'] as const;
/**
 * provisioning: a job is making it; live: an edge was seen serving it; suspended: closed by an operator, all data kept;
 * failed: provisioning gave up and left nothing behind; archived: gone for good, kept for the record.
 */
export type TenantStatus = (typeof TENANT_STATUSES)[number];

/** One store of the platform. */
export type Tenant = {
  id: string;
  slug: string;
  name: string;
  status: TenantStatus;
  /** Why it is suspended or failed, for a person to read. */
  statusReason: string | undefined;
  statusChangedAt: Date;
  plan: string;
  adminEmail: string;
  locale: string;
  currency: string;
  timezone: string;
  createdAt: Date;
  updatedAt: Date;
  /** Grows by one with each change; a change that names an older version is refused. */
  version: number;
};

/** What the public sees of a store. Colours are `#rrggbb` in small letters. */
export type Branding = {
  logoUrl: string | null;
  primaryColor: string;
  secondaryColor: string;
  features: Record<string, boolean>;
  /** Grows by one with each change, so that browsers fetch the new theme. */
  themeVersion: number;
};

/** How a store works. */
export type Settings = {
  quoteValidityDays: number;
  /** The largest discount each role may give by itself, in per cent. */
  maxDiscountPct: Record<string, number>;
  salesSeeAll: boolean;
  salesCanApprove: boolean;
};

export type BrandingChanges = Partial<Omit<Branding, 'themeVersion'>>;
export type SettingsChanges = Partial<Settings>;

export const DEFAULT_BRANDING: Branding = {
  logoUrl: null,
  primaryColor: '#1a73e8',
  secondaryColor: '#ea4335',
  features: {},
  themeVersion: 1,
};

export const DEFAULT_SETTINGS: Settings = {
  quoteValidityDays: 7,
  maxDiscountPct: { salesperson: 5, manager: 15, admin: 100 },
  salesSeeAll: false,
  salesCanApprove: false,
};
