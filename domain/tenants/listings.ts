import type { Context } from '#platform/context.ts';
import { containing } from '#platform/db/index.ts';
import { NotFound } from '#platform/errors.ts';
import { isId } from '#platform/ids.ts';
import { toBranding, toSettings, toTenant, type BrandingRow, type SettingsRow, type TenantRow } from './rows.ts';
import type { Branding, Settings, Tenant, TenantStatus } from './types.ts';

/**
 * The tenant of that id or slug. A slug names whoever holds it now, and after a failed onboarding, when nobody does, the
 * newest tenant that had it.
 */
export async function findTenant(ctx: Context, idOrSlug: string): Promise<Tenant | undefined> {
  const query = ctx.db<TenantRow>('platform.tenants as t').select<TenantRow[]>('t.*');
  if (isId(idOrSlug)) void query.where('t.id', idOrSlug);
  else
    void query
      .leftJoin('platform.slugs as s', (join) => join.on('s.tenant_id', 't.id').andOn('s.slug', 't.slug'))
      .where('t.slug', idOrSlug)
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

/** The newest word from the edges about a tenant: which revision they serve, in which state, seen when. */
export type EdgeProof = {
  droplet: string;
  revision: number;
  state: 'live' | 'suspended';
  /** When the edge was last seen answering with this revision; undefined while nobody has looked. */
  confirmedAt: Date | undefined;
  probeError: string | undefined;
};

export type TenantSummary = Tenant & { proof: EdgeProof | undefined };

export const TENANT_SORTS = ['created', 'name', 'slug'] as const;
type TenantSort = (typeof TENANT_SORTS)[number];

type TenantFilter = {
  /** Part of the name or the slug; accents and capitals do not matter. */
  search?: string | undefined;
  status?: TenantStatus | undefined;
  /** `created` is newest first, the others alphabetical. */
  sort: TenantSort;
  limit: number;
  /** {@link tenantKey} of the last row shown. */
  after?: readonly string[] | undefined;
};

/** Tenants with their proof: up to `limit + 1`, so that the caller sees whether there are more. */
export async function listTenants(ctx: Context, filter: TenantFilter): Promise<TenantSummary[]> {
  const { column, order } = ORDER[filter.sort];
  const query = ctx.db('platform.tenants as t').select<SummaryRow[]>('t.*', 'e.*').joinRaw(NEWEST_PROOF);
  if (filter.status) void query.where('t.status', filter.status);
  if (filter.search) void query.whereRaw(MATCHES, { pattern: containing(filter.search) });
  if (filter.after) void query.whereRaw(AFTER[filter.sort], [filter.after[0]!, filter.after[1]!]);
  const rows = await query.orderByRaw(`${column} ${order}, t.id ${order}`).limit(filter.limit + 1);
  return rows.map(toSummary);
}

/** The place of a tenant in {@link listTenants}, for a cursor. */
export function tenantKey(tenant: Tenant, sort: TenantSort): readonly string[] {
  const value = { created: tenant.createdAt.toISOString(), name: tenant.name, slug: tenant.slug }[sort];
  return [value, tenant.id];
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

/** Byte order for texts, in the ORDER BY and in the cursor alike: the server's collation may change with its packages. */
const ORDER = {
  created: { column: 't.created_at', order: 'desc' },
  name: { column: 't.name collate "C"', order: 'asc' },
  slug: { column: 't.slug collate "C"', order: 'asc' },
} as const;

const AFTER = {
  created: '(t.created_at, t.id) < (?::timestamptz, ?::uuid)',
  name: '(t.name collate "C", t.id) > (?, ?::uuid)',
  slug: '(t.slug collate "C", t.id) > (?, ?::uuid)',
} as const;

const MATCHES = '(unaccent(t.name) ilike unaccent(:pattern) or t.slug ilike :pattern)';

const PROOF_COLUMNS = 'd.name as droplet, f.revision, f.state as edge_state, f.confirmed_at, f.probe_error';

const NEWEST_PROOF = `
  left join lateral (
    select ${PROOF_COLUMNS} from platform.edge_files f join platform.droplets d on d.id = f.droplet_id
     where f.tenant_id = t.id order by f.revision desc limit 1) e on true`;

type ProofRow = {
  droplet: string;
  revision: string;
  edge_state: EdgeProof['state'];
  confirmed_at: Date | null;
  probe_error: string | null;
};

type SummaryRow = TenantRow & (ProofRow | { droplet: null });

function toSummary(row: SummaryRow): TenantSummary {
  return { ...toTenant(row), proof: row.droplet === null ? undefined : toProof(row) };
}

function toProof(row: ProofRow): EdgeProof {
  return {
    droplet: row.droplet,
    revision: Number(row.revision),
    state: row.edge_state,
    confirmedAt: row.confirmed_at ?? undefined,
    probeError: row.probe_error ?? undefined,
  };
}
