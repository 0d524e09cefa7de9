import type { Context } from '#platform/context.ts';
import { NotFound } from '#platform/errors.ts';
import { isId } from '#platform/ids.ts';
import { PROOF_COLUMNS, toProof, type EdgeProof, type ProofRow } from './proofs.ts';
import { toBranding, toSettings, toTenant, type BrandingRow, type SettingsRow, type TenantRow } from './rows.ts';
import type { Branding, Settings, Tenant, TenantStatus } from './types.ts';

/**
 * The tenant of that id or slug. A slug names whoever holds it now, also as an old name, and after a failed onboarding,
 * when nobody does, the newest tenant that had it.
 */
export async function findTenant(ctx: Context, idOrSlug: string): Promise<Tenant | undefined> {
  const query = ctx.db<TenantRow>('platform.tenants as t').select<TenantRow[]>('t.*');
  if (isId(idOrSlug)) void query.where('t.id', idOrSlug);
  else
    void query
      .leftJoin('platform.slugs as s', (join) => join.on('s.tenant_id', 't.id').andOnVal('s.slug', idOrSlug))
      .whereRaw('(t.slug = :slug or t.id = (select tenant_id from platform.slugs where slug = :slug))', {
        slug: idOrSlug,
      })
      .orderByRaw('s.slug is null, t.created_at desc, t.id desc');
  const row = await query.first<TenantRow | undefined>();
  return row && toTenant(row);
}

/** Like {@link findTenant}, but throws NotFound `tenant_not_found`. */
export async function getTenant(ctx: Context, idOrSlug: string): Promise<Tenant> {
  const tenant = await findTenant(ctx, idOrSlug);
  if (!tenant) throw new NotFound('tenant_not_found', 'There is no such store.');
  return tenant;
}

/** What else is known of a tenant; the defaults as long as its provisioning has not written any. */
export async function getBrandingAndSettings(
  ctx: Context,
  tenantId: string,
): Promise<{ branding: Branding; settings: Settings }> {
  const branding = await ctx
    .db('platform.tenant_branding')
    .where({ tenant_id: tenantId })
    .first<BrandingRow | undefined>();
  const settings = await ctx
    .db('platform.tenant_settings')
    .where({ tenant_id: tenantId })
    .first<SettingsRow | undefined>();
  return { branding: toBranding(branding), settings: toSettings(settings) };
}

/** The settings of these tenants by their id; the defaults of one whose provisioning has not written any. */
export async function mapSettings(ctx: Context, ids: readonly string[]): Promise<Map<string, Settings>> {
  const rows = await ctx
    .db('platform.tenant_settings')
    .whereRaw('tenant_id = any(?::uuid[])', [[...ids]])
    .select<(SettingsRow & { tenant_id: string })[]>('*');
  const found = new Map(rows.map((row) => [row.tenant_id, row]));
  return new Map(ids.map((id) => [id, toSettings(found.get(id))]));
}

/** What of a store its public document is made of. */
export type PublicFace = { tenant: Tenant; branding: Branding };

/** The public faces of these tenants by their id; one that does not exist is missing. */
export async function mapPublicFaces(ctx: Context, ids: readonly string[]): Promise<Map<string, PublicFace>> {
  const { rows } = await ctx.db.raw<{ rows: (TenantRow & (BrandingRow | { primary_color: null }))[] }>(
    `select t.*, b.logo_url, b.primary_color, b.secondary_color, b.features, b.theme_version
       from platform.tenants t left join platform.tenant_branding b on b.tenant_id = t.id
      where t.id = any(:ids::uuid[])`,
    { ids: [...ids] },
  );
  return new Map(
    rows.map((row) => [row.id, { tenant: toTenant(row), branding: toBranding(hasBranding(row) ? row : undefined) }]),
  );
}

function hasBranding(row: BrandingRow | { primary_color: null }): row is BrandingRow {
  return row.primary_color !== null;
}

/** Whether the name has no owner and no quarantine. Only advice: the database decides when the tenant is created. */
export async function isSlugFree(ctx: Context, slug: string): Promise<boolean> {
  const row = await ctx.db('platform.slugs').select('slug').where({ slug }).first();
  return row === undefined;
}

/** What each edge serves for a tenant. */
export async function listEdgeProofs(ctx: Context, tenantId: string): Promise<EdgeProof[]> {
  const { rows } = await ctx.db.raw<{ rows: ProofRow[] }>(
    `select ${PROOF_COLUMNS} from platform.edge_files f join platform.droplets d on d.id = f.droplet_id
      where f.tenant_id = ? order by d.name`,
    [tenantId],
  );
  return rows.map(toProof);
}

/** How many tenants there are in each status; a status that nobody has is missing. */
export async function countTenantsByStatus(ctx: Context): Promise<Partial<Record<TenantStatus, number>>> {
  const rows = await ctx
    .db('platform.tenants')
    .select<{ status: TenantStatus; count: string }[]>('status')
    .count('* as count')
    .groupBy('status');
  return Object.fromEntries(rows.map((row) => [row.status, Number(row.count)]));
}
