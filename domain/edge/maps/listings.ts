import type { Context } from '#platform/context.ts';
import type { RevisionOutcome } from '../types.ts';

/** The maps an edge has, and when it last read its configuration anew. */
export type EdgeMaps = {
  revision: number | undefined;
  sha256: string | undefined;
  lines: string;
  /** That the edge answered after it had got them. */
  isConfirmed: boolean;
  reloadedAt: Date | undefined;
};

type MapsRow = {
  revision: string | null;
  sha256: string | null;
  lines: string | null;
  outcome: RevisionOutcome | null;
  reloaded_at: Date | null;
};

/** What we know of an edge's maps; no revision for an edge that never got any. */
export async function getEdgeMaps(ctx: Context, dropletId: string): Promise<EdgeMaps> {
  const { rows } = await ctx.db.raw<{ rows: MapsRow[] }>(
    `select m.revision, m.sha256, m.reloaded_at, l.lines, r.outcome
       from platform.edge_maps m
       left join platform.edge_revision_maps l on l.revision = m.revision
       left join platform.edge_revisions r on r.number = m.revision
      where m.droplet_id = ?`,
    [dropletId],
  );
  const [row] = rows;
  return {
    revision: row?.revision == null ? undefined : Number(row.revision),
    sha256: row?.sha256 ?? undefined,
    lines: row?.lines ?? '',
    isConfirmed: row?.outcome === 'confirmed',
    reloadedAt: row?.reloaded_at ?? undefined,
  };
}

/** The maps with this hash that were sent to an edge without an answer: they may be what it has now. */
export async function findUnansweredMaps(
  ctx: Context,
  { dropletId, sha256 }: { dropletId: string; sha256: string },
): Promise<number | undefined> {
  const row = await ctx
    .db('platform.edge_revision_maps as m')
    .join('platform.edge_revisions as r', 'r.number', 'm.revision')
    .where({ 'r.droplet_id': dropletId, 'r.outcome': 'sent', 'm.sha256': sha256 })
    .orderBy('r.number', 'desc')
    .first<{ revision: string } | undefined>('m.revision');
  return row && Number(row.revision);
}
