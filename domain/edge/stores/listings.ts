import type { Context } from '#platform/context.ts';
import { containing } from '#platform/db/index.ts';
import type { EdgeState } from '../types.ts';

/** What one edge serves for one store, and what the last probe of it saw. */
export type ServedStore = {
  tenantId: string;
  slug: string;
  dropletId: string;
  edge: string;
  revision: number;
  state: EdgeState;
  publishedAt: Date;
  /** When it was last asked for; undefined while nobody did. */
  probedAt: Date | undefined;
  /** Why the edge's answer was not what it should be; undefined when it was, or when nobody asked yet. */
  probeError: string | undefined;
  isConfirmed: boolean;
};

type ServedRow = {
  tenant_id: string;
  slug: string;
  droplet_id: string;
  edge: string;
  revision: string;
  state: EdgeState;
  published_at: Date;
  confirmed_at: Date | null;
  probed_at: Date | null;
  probe_error: string | null;
};

export const SERVED_FILTERS = ['all', 'failing', 'unseen'] as const;

type ServedFilter = {
  dropletId?: string | undefined;
  /** Part of the slug. */
  search?: string | undefined;
  /** failing: its last probe found something wrong; unseen: published and not seen served since. */
  show: (typeof SERVED_FILTERS)[number];
  limit: number;
  /** {@link servedKey} of the last row shown. */
  after?: readonly string[] | undefined;
};

const SHOWN = {
  all: 'true',
  failing: 'f.probe_error is not null',
  unseen: 'f.confirmed_at is null and f.probe_error is null',
} as const;

/** What edges serve, by slug: up to `limit + 1`, so that the caller sees whether there is more. */
export async function listServedStores(ctx: Context, filter: ServedFilter): Promise<ServedStore[]> {
  const query = ctx
    .db('platform.edge_files as f')
    .join('platform.droplets as d', 'd.id', 'f.droplet_id')
    .select<ServedRow[]>('f.*', 'd.name as edge')
    .whereRaw(SHOWN[filter.show]);
  if (filter.dropletId) void query.where('f.droplet_id', filter.dropletId);
  if (filter.search) void query.whereILike('f.slug', containing(filter.search));
  if (filter.after)
    void query.whereRaw('(f.slug collate "C", f.droplet_id) > (?, ?::uuid)', [filter.after[0]!, filter.after[1]!]);
  const rows = await query.orderByRaw('f.slug collate "C", f.droplet_id').limit(filter.limit + 1);
  return rows.map(toServedStore);
}

/** The place of a row in {@link listServedStores}, for a cursor. */
export function servedKey({ slug, dropletId }: ServedStore): readonly string[] {
  return [slug, dropletId];
}

function toServedStore(row: ServedRow): ServedStore {
  return {
    tenantId: row.tenant_id,
    slug: row.slug,
    dropletId: row.droplet_id,
    edge: row.edge,
    revision: Number(row.revision),
    state: row.state,
    publishedAt: row.published_at,
    probedAt: row.probed_at ?? undefined,
    probeError: row.probe_error ?? undefined,
    isConfirmed: row.confirmed_at !== null && row.probe_error === null,
  };
}

/** How many stores an edge has, and how many of them it was seen serving. */
export type ServedCounts = {
  stores: number;
  confirmed: number;
  failing: number;
  /** The store that nobody looked at for the longest time. */
  oldestProbeAt: Date | undefined;
};

type CountRow = { droplet_id: string; stores: string; confirmed: string; failing: string; oldest_probe: Date | null };

/** By edge; one without stores is missing. */
export async function countServedStores(ctx: Context): Promise<Map<string, ServedCounts>> {
  const { rows } = await ctx.db.raw<{ rows: CountRow[] }>(`
    select droplet_id, count(*) as stores,
           count(*) filter (where confirmed_at is not null and probe_error is null) as confirmed,
           count(*) filter (where probe_error is not null) as failing, min(probed_at) as oldest_probe
      from platform.edge_files group by droplet_id`);
  return new Map(
    rows.map((row) => [
      row.droplet_id,
      {
        stores: Number(row.stores),
        confirmed: Number(row.confirmed),
        failing: Number(row.failing),
        oldestProbeAt: row.oldest_probe ?? undefined,
      },
    ]),
  );
}
