import type { Context } from '#platform/context.ts';

/** Everything an edge must know of stores besides their documents. Names and hosts are as typed in a browser, in small letters. */
export type MapLines = {
  /** Old names whose hosts lead to a store's present one. */
  aliases: { slug: string; target: string }[];
  /** Stores' own host names; only those whose owner was proven. */
  domains: { host: string; slug: string }[];
  /** Stores on another plan than `standard`, which the edge takes for granted. */
  limits: { slug: string; plan: string }[];
  plans: { code: string; requestsPerSecond: number; burst: number }[];
};

/** What the maps of every edge should say, in byte order: the same database gives the same lines. */
export async function listMapLines(ctx: Context): Promise<MapLines> {
  const rowsOf = async <T>(sql: string) => (await ctx.db.raw<{ rows: T[] }>(sql)).rows;
  return {
    aliases: await rowsOf(ALIASES),
    domains: await rowsOf(DOMAINS),
    limits: await rowsOf(LIMITS),
    plans: await rowsOf(PLANS),
  };
}

/** Archived and deleted stores are on no edge, so nothing may lead to them either. */
const IS_SERVED = `t.status in ('live', 'suspended', 'renaming')`;

const ALIASES = `
  select s.slug, t.slug as target from platform.slugs s join platform.tenants t on t.id = s.tenant_id
   where s.kind = 'alias' and ${IS_SERVED} order by s.slug collate "C"`;

const DOMAINS = `
  select d.host, t.slug from platform.domains d join platform.tenants t on t.id = d.tenant_id
   where d.status = 'verified' and ${IS_SERVED} order by d.host collate "C"`;

const LIMITS = `
  select t.slug, t.plan from platform.tenants t
   where t.plan <> 'standard' and ${IS_SERVED} order by t.slug collate "C"`;

const PLANS = `
  select code, requests_per_second as "requestsPerSecond", burst from platform.plans order by code collate "C"`;

/** One name of a store besides its first. */
export type StoreName = {
  slug: string;
  kind: 'incoming' | 'alias' | 'quarantined';
  /** When an alias goes into quarantine, or a name in quarantine is free. */
  endsAt: Date | undefined;
};

/** The other names of a store, in alphabetical order. */
export async function listNames(ctx: Context, tenantId: string): Promise<StoreName[]> {
  const rows = await ctx
    .db('platform.slugs')
    .where({ tenant_id: tenantId })
    .whereNot({ kind: 'primary' })
    .orderBy('slug')
    .select<{ slug: string; kind: StoreName['kind']; free_after: Date | null }[]>('slug', 'kind', 'free_after');
  return rows.map(({ free_after: endsAt, ...name }) => ({ ...name, endsAt: endsAt ?? undefined }));
}

/** Who has a name, and as what. */
type NameHolder = { tenantId: string; kind: 'primary' | StoreName['kind'] };

/** Who has each of these names; one that is free is missing. */
export async function mapNameHolders(ctx: Context, slugs: readonly string[]): Promise<Map<string, NameHolder>> {
  const rows = await ctx
    .db('platform.slugs')
    .whereRaw('slug = any(?::text[])', [[...slugs]])
    .select<{ slug: string; tenant_id: string; kind: NameHolder['kind'] }[]>('slug', 'tenant_id', 'kind');
  return new Map(rows.map((row) => [row.slug, { tenantId: row.tenant_id, kind: row.kind }]));
}
