import type { Context } from '#platform/context.ts';

/** One time an edge was told to read its configuration anew. */
export type Reload = {
  id: string;
  dropletId: string;
  at: Date;
  author: string;
  reason: string;
  jobId: string | undefined;
  durationMs: number;
  /** Why nginx went on with its old configuration; undefined when it took the new one. */
  errorMessage: string | undefined;
};

type ReloadRow = {
  id: string;
  droplet_id: string;
  at: Date;
  author: string;
  reason: string;
  job_id: string | null;
  duration_ms: number;
  error_message: string | null;
};

type ReloadFilter = {
  dropletId: string;
  limit: number;
  /** {@link reloadKey} of the last row shown. */
  after?: readonly string[] | undefined;
};

/** An edge's reloads, newest first: up to `limit + 1`, so that the caller sees whether there is more. */
export async function listReloads(ctx: Context, { dropletId, limit, after }: ReloadFilter): Promise<Reload[]> {
  const query = ctx
    .db<ReloadRow>('platform.edge_reloads')
    .where({ droplet_id: dropletId })
    .orderBy([
      { column: 'at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(limit + 1);
  if (after) void query.whereRaw('(at, id) < (?::timestamptz, ?::uuid)', [after[0]!, after[1]!]);
  return (await query).map(toReload);
}

/** The place of a reload in {@link listReloads}, for a cursor. */
export function reloadKey({ at, id }: Reload): readonly string[] {
  return [at.toISOString(), id];
}

/** The last reload of each edge; one that never reloaded is missing. */
export async function mapLastReloads(ctx: Context): Promise<Map<string, Reload>> {
  const { rows } = await ctx.db.raw<{ rows: ReloadRow[] }>(
    `select l.* from platform.droplets d cross join lateral (
       select * from platform.edge_reloads r where r.droplet_id = d.id order by r.at desc, r.id desc limit 1) l`,
  );
  return new Map(rows.map((row) => [row.droplet_id, toReload(row)]));
}

function toReload(row: ReloadRow): Reload {
  return {
    id: row.id,
    dropletId: row.droplet_id,
    at: row.at,
    author: row.author,
    reason: row.reason,
    jobId: row.job_id ?? undefined,
    durationMs: row.duration_ms,
    errorMessage: row.error_message ?? undefined,
  };
}
