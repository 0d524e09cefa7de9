import type { Context, TenantContext } from '#platform/context.ts';
import type { PermissionFlags, StoreUser } from '#domain/construction/users/index.ts';

export type StoreStatus = 'provisioning' | 'live' | 'suspended';

/** What a host name leads to; all that may be known before the tenant is entered. */
export type StoreEntry = { tenantId: string; slug: string; name: string; status: StoreStatus };

export type StoreSettings = PermissionFlags & {
  quoteValidityDays: number;
  /** Largest header or line discount in percent, by role; a role that is not named may give none. */
  maxDiscountPct: Readonly<Record<string, number>>;
};

/** A store as its own pages see it. */
export type Store = StoreEntry & {
  locale: string;
  currency: string;
  /** IANA zone: "today" of this store, and how its times are shown. */
  timezone: string;
  branding: { logoUrl: string | null; primaryColor: string; secondaryColor: string; themeVersion: number };
  settings: StoreSettings;
};

/**
 * What every use case of a store takes first: the context of a request by a signed-in person of that store. Its rows are
 * reached through `withTenant(ctx, ctx.tenantId, …)`.
 */
export type StoreContext = Context & TenantContext & { store: Store; user: StoreUser; sessionId: string };
