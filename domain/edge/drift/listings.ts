import type { Context } from '#platform/context.ts';
import type { DriftKind, Finding } from './compare.ts';

export type Drift = Finding & {
  dropletId: string;
  droplet: string;
  /** The bytes found, where there are any and they could be read. */
  found: string | undefined;
  foundAt: Date;
  seenAt: Date;
};

type DriftRow = {
  droplet_id: string;
  droplet: string;
  kind: DriftKind;
  name: string;
  tenant_id: string | null;
  expected: string | null;
  actual: string | null;
  found: string | null;
  found_at: Date;
  seen_at: Date;
};

type DriftFilter = { dropletId?: string | undefined; tenantId?: string };

/** What differs on the edges from what was published there, the oldest first. */
export async function listDrift(ctx: Context, filter: DriftFilter = {}): Promise<Drift[]> {
  return (await ordered(ctx, filter)).map(toDrift);
}

/** A page of {@link listDrift}: up to `limit + 1`, so that the caller sees whether there is more. */
export async function listDriftPage(
  ctx: Context,
  { limit, after, ...filter }: DriftFilter & { limit: number; after?: readonly string[] | undefined },
): Promise<Drift[]> {
  const query = ordered(ctx, filter).limit(limit + 1);
  if (after) void query.whereRaw('(f.found_at, f.kind, f.name, f.droplet_id) > (?::timestamptz, ?, ?, ?::uuid)', after);
  return (await query).map(toDrift);
}

/** The place of a finding in {@link listDriftPage}, for a cursor. */
export function driftKey({ foundAt, kind, name, dropletId }: Drift): readonly string[] {
  return [foundAt.toISOString(), kind, name, dropletId];
}

/** The ids of the edges that differ anywhere. */
export async function listDriftedEdgeIds(ctx: Context): Promise<Set<string>> {
  return new Set(await ctx.db('platform.edge_drift').distinct('droplet_id').pluck<string[]>('droplet_id'));
}

/** One finding, or nothing when it is not there any more. */
export async function findDrift(
  ctx: Context,
  { dropletId, kind, name }: { dropletId: string; kind: DriftKind; name: string },
): Promise<Drift | undefined> {
  const row = await ordered(ctx, { dropletId }).where({ 'f.kind': kind, 'f.name': name }).first<DriftRow | undefined>();
  return row && toDrift(row);
}

function ordered(ctx: Context, { dropletId, tenantId }: DriftFilter) {
  const query = ctx
    .db('platform.edge_drift as f')
    .join('platform.droplets as d', 'd.id', 'f.droplet_id')
    .select<DriftRow[]>('f.*', 'd.name as droplet')
    .orderBy(['f.found_at', 'f.kind', 'f.name', 'f.droplet_id']);
  if (dropletId !== undefined) void query.where('f.droplet_id', dropletId);
  if (tenantId !== undefined) void query.where('f.tenant_id', tenantId);
  return query;
}

function toDrift(row: DriftRow): Drift {
  return {
    dropletId: row.droplet_id,
    droplet: row.droplet,
    kind: row.kind,
    name: row.name,
    tenantId: row.tenant_id ?? undefined,
    expected: row.expected ?? undefined,
    actual: row.actual ?? undefined,
    found: row.found ?? undefined,
    foundAt: row.found_at,
    seenAt: row.seen_at,
  };
}

/** The `<name> <sha256>` of everything that was sent to an edge and never answered for, maps under the name `maps`. */
export async function listUnanswered(ctx: Context, dropletId: string): Promise<Set<string>> {
  const { rows } = await ctx.db.raw<{ rows: { what: string }[] }>(
    `select f.slug || ' ' || f.sha256 as what
       from platform.edge_revision_files f join platform.edge_revisions r on r.number = f.revision
      where r.droplet_id = :dropletId and f.outcome = 'sent' and f.sha256 is not null
     union all
     select 'maps ' || m.sha256 from platform.edge_revision_maps m join platform.edge_revisions r on r.number = m.revision
      where r.droplet_id = :dropletId and r.outcome = 'sent'`,
    { dropletId },
  );
  return new Set(rows.map((row) => row.what));
}

/** When an edge's disk was last compared, and why it could not be when it could not. */
export type EdgeLook = { dropletId: string; lookedAt: Date; errorMessage: string | undefined };

export async function listEdgeLooks(ctx: Context): Promise<EdgeLook[]> {
  const rows = await ctx.db<{ droplet_id: string; looked_at: Date; error_message: string | null }>(
    'platform.edge_looks',
  );
  return rows.map((row) => ({
    dropletId: row.droplet_id,
    lookedAt: row.looked_at,
    errorMessage: row.error_message ?? undefined,
  }));
}
