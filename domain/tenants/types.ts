export const TENANT_STATUSES = [
  'provisioning',
  'live',
  'suspended',
  'renaming',
  'archived',
  'deleted',
  'failed',
] as const;
/**
 * provisioning: a job is making it; live: an edge was seen serving it; suspended: closed by an operator, all data kept;
 * renaming: a job gives it another name, and it serves meanwhile; archived: on no edge, all data kept until it may be
 * deleted; deleted: nothing is left but the audit log and its names in quarantine; failed: provisioning gave up and left
 * nothing behind.
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
  archivedAt: Date | undefined;
  /** What an archived store was before, and will be again when it is restored. */
  archivedFrom: 'live' | 'suspended' | undefined;
  /** Before this time an archived store cannot be deleted. */
  deleteAfter: Date | undefined;
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
