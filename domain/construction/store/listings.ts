import { withTenant } from '#platform/db/index.ts';
import type { Context } from '#platform/context.ts';
import type { Store, StoreEntry, StoreStatus } from './types.ts';

/** The store of a slug, or undefined when there is none. Needs no tenant to be entered. */
export async function findStoreEntry(ctx: Context, slug: string): Promise<StoreEntry | undefined> {
  const { rows } = await ctx.db.raw<{ rows: EntryRow[] }>('select * from platform.find_store(?)', [slug]);
  const row = rows[0];
  return row && { tenantId: row.tenant_id, slug: row.slug, name: row.name, status: row.status };
}

/** Branding and settings of a store, with what {@link findStoreEntry} found. A store that never chose has the defaults. */
export async function loadStore(ctx: Context, entry: StoreEntry): Promise<Store> {
  return withTenant(ctx, entry.tenantId, async (tx) => {
    const { rows } = await tx.db.raw<{ rows: StoreRow[] }>(STORE, [entry.tenantId]);
    return toStore(entry, rows[0]!);
  });
}

const STORE = `
  select t.locale, t.currency, t.timezone, b.logo_url,
         coalesce(b.primary_color, '#1a73e8') as primary_color,
         coalesce(b.secondary_color, '#ea4335') as secondary_color,
         coalesce(b.theme_version, 1) as theme_version,
         coalesce(s.quote_validity_days, 7) as quote_validity_days,
         coalesce(s.max_discount_pct, '{"salesperson": 5, "manager": 15, "admin": 100}') as max_discount_pct,
         coalesce(s.sales_see_all, false) as sales_see_all,
         coalesce(s.sales_can_approve, false) as sales_can_approve
    from platform.tenants t
    left join platform.tenant_branding b on b.tenant_id = t.id
    left join platform.tenant_settings s on s.tenant_id = t.id
   where t.id = ?`;

type EntryRow = { tenant_id: string; slug: string; name: string; status: StoreStatus };

type StoreRow = {
  locale: string;
  currency: string;
  timezone: string;
  logo_url: string | null;
  primary_color: string;
  secondary_color: string;
  theme_version: number;
  quote_validity_days: number;
  max_discount_pct: Record<string, number>;
  sales_see_all: boolean;
  sales_can_approve: boolean;
};

function toStore(entry: StoreEntry, row: StoreRow): Store {
  return {
    ...entry,
    locale: row.locale,
    currency: row.currency,
    timezone: row.timezone,
    branding: {
      logoUrl: row.logo_url,
      primaryColor: row.primary_color,
      secondaryColor: row.secondary_color,
      themeVersion: row.theme_version,
    },
    settings: {
      quoteValidityDays: row.quote_validity_days,
      maxDiscountPct: row.max_discount_pct,
      salesSeeAll: row.sales_see_all,
      salesCanApprove: row.sales_can_approve,
    },
  };
}
