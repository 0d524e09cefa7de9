import type { Context } from '#platform/context.ts';
import { containing, type Db } from '#platform/db/index.ts';
import { MalformedRequest } from '#platform/errors.ts';
import { PROOF_COLUMNS, toProof, type EdgeProof, type ProofRow } from '../proofs.ts';
import { toTenant, type TenantRow } from '../rows.ts';
import type { Tenant, TenantStatus } from '../types.ts';

/** `created` and `activity` are newest first, `status` what needs somebody first, the others alphabetical. */
export const TENANT_SORTS = ['created', 'name', 'slug', 'status', 'activity'] as const;
export type TenantSort = (typeof TENANT_SORTS)[number];

/**
 * served: every edge that has the store was seen serving it; failing: an edge was asked for it and did not serve it as
 * published; unconfirmed: none of both, so no edge has it, or one was never seen serving it.
 */
export const PROOF_STATES = ['served', 'failing', 'unconfirmed'] as const;
type ProofState = (typeof PROOF_STATES)[number];

/** Which stores are meant; what is left out does not matter. */
export type TenantSelection = {
  /** Part of the name or the slug; accents and capitals do not matter. */
  search?: string | undefined;
  status?: TenantStatus | undefined;
  plan?: string | undefined;
  proof?: ProofState | undefined;
};

type TenantFilter = TenantSelection & {
  sort: TenantSort;
  limit: number;
  /** {@link tenantKey} of the last row shown. */
  after?: readonly string[] | undefined;
};

/** A tenant with what a list tells of it besides. */
export type TenantSummary = Tenant & {
  /** The newest word from an edge. */
  proof: EdgeProof | undefined;
  /** How many people can sign in. */
  users: number;
  /** When somebody of the store last used it, to the minute. */
  lastActivityAt: Date | undefined;
  /** Its place in the order it was listed in. */
  sortKey: string;
};

/**
 * Tenants with what a list tells of each: up to `limit + 1`, so that the caller sees whether there are more. Throws
 * MalformedRequest `bad_cursor` when `after` belongs to another order.
 */
export async function listTenants(ctx: Context, filter: TenantFilter): Promise<TenantSummary[]> {
  const { key, id, order, join = '' } = ORDER[filter.sort];
  const page = selected(ctx.db, filter)
    .joinRaw(join)
    .select(ctx.db.raw(`t.id, ${key} as key`));
  if (filter.after) void page.whereRaw(...afterPlace(filter.sort, filter.after));
  void page.orderByRaw(`${key} ${order}, ${id} ${order}`).limit(filter.limit + 1);
  const rows = await ctx.db
    .from(page.as('page'))
    .joinRaw(FACTS)
    .select<SummaryRow[]>('t.*', 'e.*', 'f.users', ctx.db.raw(ACTIVITY), ctx.db.raw('page.key::text as sort_key'))
    .orderByRaw(`page.key ${order}, page.id ${order}`);
  return rows.map(toSummary);
}

function afterPlace(sort: TenantSort, after: readonly string[]): [sql: string, values: string[]] {
  const { key, id, type, order } = ORDER[sort];
  const [madeFor, place, lastId] = after as [string, string, string];
  if (madeFor !== sort) throw new MalformedRequest('bad_cursor', 'This cursor belongs to another order.');
  return [`(${key}, ${id}) ${order === 'asc' ? '>' : '<'} (?::${type}, ?::uuid)`, [place, lastId]];
}

/** The place of a tenant in {@link listTenants}, for a cursor. */
export function tenantKey({ sortKey, id }: TenantSummary, sort: TenantSort): readonly string[] {
  return [sort, sortKey, id];
}

/** How many tenants are meant. */
export async function countTenants(ctx: Context, selection: TenantSelection): Promise<number> {
  const row = await selected(ctx.db, selection).count<{ count: string }>({ count: '*' }).first();
  return Number(row?.count ?? 0);
}

/** The ids of the tenants that are meant, by slug; at most `limit`. */
export async function listTenantIds(ctx: Context, selection: TenantSelection, limit: number): Promise<string[]> {
  return selected(ctx.db, selection).orderByRaw('t.slug collate "C", t.id').limit(limit).pluck<string[]>('t.id');
}

/** These tenants, by id; one that does not exist is missing. */
export async function listTenantsById(ctx: Context, ids: readonly string[]): Promise<Tenant[]> {
  const rows = await ctx
    .db<TenantRow>('platform.tenants')
    .whereRaw('id = any(?::uuid[])', [[...ids]])
    .orderBy('id');
  return rows.map(toTenant);
}

/** Whose these names are now, by slug; a name that leads to no tenant is missing. */
export async function mapIdsBySlug(ctx: Context, slugs: readonly string[]): Promise<Map<string, string>> {
  const rows = await ctx
    .db('platform.slugs')
    .where({ kind: 'primary' })
    .whereRaw('slug = any(?::text[])', [[...slugs]])
    .select<{ slug: string; tenant_id: string }[]>('slug', 'tenant_id');
  return new Map(rows.map((row) => [row.slug, row.tenant_id]));
}

/** The plans that a store can have, the smallest first. */
export async function listPlanCodes(ctx: Context): Promise<string[]> {
  return ctx.db('platform.plans').orderBy('position').pluck<string[]>('code');
}

type Order = { key: string; id: string; type: string; order: 'asc' | 'desc'; join?: string };

/** The order of each sort: by the key, an expression of this type, then by the id; both of one table, for its index. */
const ORDER: Record<TenantSort, Order> = {
  created: { key: 't.created_at', id: 't.id', type: 'timestamptz', order: 'desc' },
  name: { key: 't.search_text', id: 't.id', type: 'text', order: 'asc' },
  // Byte order, in the ORDER BY and in the cursor alike: the server's collation may change with its packages.
  slug: { key: 't.slug collate "C"', id: 't.id', type: 'text', order: 'asc' },
  status: { key: 't.attention', id: 't.id', type: 'smallint', order: 'desc' },
  activity: {
    key: 'g.last_activity_at',
    id: 'g.id',
    type: 'timestamptz',
    order: 'desc',
    join: 'join platform.tenant_figures g on g.id = t.id',
  },
};

/** The tenants that are meant, before anything is said about them: the facts of thousands are not needed for a page of fifty. */
function selected(db: Db, { search, status, plan, proof }: TenantSelection) {
  const query = db('platform.tenants as t');
  if (status) void query.where('t.status', status);
  if (plan) void query.where('t.plan', plan);
  if (search) void query.whereRaw('t.search_text like platform.search_text(?)', [containing(search)]);
  if (proof) void query.whereRaw(PROVEN[proof]);
  return query;
}

const FILES = 'select from platform.edge_files p where p.tenant_id = t.id';
const FAILING = `exists (${FILES} and p.probe_error is not null)`;
const UNSEEN = `exists (${FILES} and p.confirmed_at is null)`;

const PROVEN: Record<ProofState, string> = {
  served: `exists (${FILES}) and not ${FAILING} and not ${UNSEEN}`,
  failing: FAILING,
  unconfirmed: `not ${FAILING} and (not exists (${FILES}) or ${UNSEEN})`,
};

const ACTIVITY = `nullif(f.last_activity_at, '-infinity') as last_activity_at`;

const FACTS = `
  join platform.tenants t on t.id = page.id
  join platform.tenant_figures f on f.id = page.id
  left join lateral (
    select ${PROOF_COLUMNS} from platform.edge_files f join platform.droplets d on d.id = f.droplet_id
     where f.tenant_id = page.id order by f.revision desc limit 1) e on true`;

type SummaryRow = TenantRow &
  (ProofRow | { droplet: null }) & { users: number; last_activity_at: Date | null; sort_key: string };

function toSummary(row: SummaryRow): TenantSummary {
  return {
    ...toTenant(row),
    proof: row.droplet === null ? undefined : toProof(row),
    users: row.users,
    lastActivityAt: row.last_activity_at ?? undefined,
    sortKey: row.sort_key,
  };
}
