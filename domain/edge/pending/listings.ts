import { DEFAULT_BRANDING } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import type { Change } from '../types.ts';

/**
 * A store differs on an edge when the edge has no file of it, or one that says something else than the database. What an
 * edge has, but was not seen serving, is no difference: that is a matter of its probe.
 */
const DIFFERENCES = `
    from unnest(:dropletIds::uuid[]) as e (id)
   cross join platform.tenants t
    left join platform.tenant_branding b on b.tenant_id = t.id
    left join platform.edge_files f on (f.tenant_id, f.droplet_id, f.slug) = (t.id, e.id, t.slug)
    -- The file of this very revision, asked for so that it is found by its store: looked for by its revision it would be
    -- quadratic after a publication of ten thousand stores.
    left join lateral (
      select * from platform.edge_revision_files r
       where r.tenant_id = f.tenant_id and r.slug = f.slug and r.revision <= f.revision
       order by r.revision desc limit 1) r on true
   where t.status in ('live', 'suspended')
     and (f.slug is null or f.state <> t.status
          -- Bytes that were adopted are of no revision.
          or case when f.content_sha256 <> r.content_sha256 then :withAdopted
                  else r.document::jsonb - 'revision' is distinct from jsonb_build_object(
                    'slug', t.slug, 'name', t.name, 'status', t.status, 'logo_url', b.logo_url,
                    'primary_color', coalesce(b.primary_color, :primaryColor),
                    'secondary_color', coalesce(b.secondary_color, :secondaryColor),
                    'features', coalesce(b.features, '{}'), 'locale', t.locale, 'currency', t.currency,
                    'timezone', t.timezone, 'theme_version', coalesce(b.theme_version, :themeVersion)) end)`;

const { primaryColor, secondaryColor, themeVersion } = DEFAULT_BRANDING;
const DEFAULTS = { primaryColor, secondaryColor, themeVersion };

/** On how many stores each of these edges differs from the database; an edge without any is missing. */
export async function countPendingStores(ctx: Context, dropletIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await ctx.db.raw<{ rows: { id: string; count: string }[] }>(
    `select e.id, count(*) as count ${DIFFERENCES} group by e.id`,
    { ...DEFAULTS, dropletIds: [...dropletIds], withAdopted: false },
  );
  return new Map(rows.map(({ id, count }) => [id, Number(count)]));
}

type StoreRow = { id: string; slug: string; status: 'live' | 'suspended' };

/**
 * The stores on which an edge may differ from the database, by slug, each as the database wants it: none that differs is
 * missing, and `planPublication` tells which files really do.
 */
export async function listPendingStores(
  ctx: Context,
  { dropletIds, limit }: { dropletIds: readonly string[]; limit: number },
): Promise<Change[]> {
  const { rows } = await ctx.db.raw<{ rows: StoreRow[] }>(
    `select distinct t.id, t.slug collate "C" as slug, t.status ${DIFFERENCES} order by 2 limit :limit`,
    { ...DEFAULTS, dropletIds: [...dropletIds], withAdopted: true, limit },
  );
  return rows.map(({ id, slug, status }) => ({ tenantId: id, slug, state: status }));
}

/** These stores as the database wants them; one that does not exist, or is not to be served now, is missing. */
export async function listStoresToServe(ctx: Context, slugs: readonly string[]): Promise<Change[]> {
  const { rows } = await ctx.db.raw<{ rows: StoreRow[] }>(
    `select t.id, t.slug, t.status from platform.tenants t
      where t.slug = any(:slugs::text[]) and t.status in ('live', 'suspended') order by t.slug collate "C"`,
    { slugs: [...slugs] },
  );
  return rows.map(({ id, slug, status }) => ({ tenantId: id, slug, state: status }));
}
