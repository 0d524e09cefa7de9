import type { Context } from '#platform/context.ts';
import type { RevisionState } from './types.ts';

type RevisionRow = {
  droplet_id: string;
  served: string | null;
  wanted: string | null;
  failed: string | null;
  error_message: string | null;
};

/** How far the revisions of each edge got, by its id. */
export async function mapRevisionStates(ctx: Context): Promise<Map<string, RevisionState>> {
  const { rows } = await ctx.db.raw<{ rows: RevisionRow[] }>(`
    select d.id as droplet_id, s.number as served, w.number as wanted, n.number as failed, n.error_message
      from platform.droplets d
      left join lateral (select number from platform.edge_revisions r
                          where r.droplet_id = d.id and r.outcome in ('confirmed', 'partial')
                          order by r.number desc limit 1) s on true
      left join lateral (select number from platform.edge_revisions r
                          where r.droplet_id = d.id and r.outcome <> 'failed' order by r.number desc limit 1) w on true
      left join lateral (select * from (select number, outcome, error_message from platform.edge_revisions r
                                         where r.droplet_id = d.id order by r.number desc limit 1) newest
                          where outcome = 'failed') n on true
     where d.role = 'edge'`);
  const number = (text: string | null) => (text === null ? undefined : Number(text));
  return new Map(
    rows.map((row) => [
      row.droplet_id,
      {
        served: number(row.served),
        wanted: number(row.wanted),
        failed: row.failed === null ? undefined : { number: Number(row.failed), message: row.error_message ?? '' },
      },
    ]),
  );
}

/** How many findings each edge has; one without any is missing. */
export async function countDrift(ctx: Context): Promise<Map<string, number>> {
  const rows = await ctx
    .db('platform.edge_drift')
    .count<{ droplet_id: string; count: string }[]>('* as count')
    .select('droplet_id')
    .groupBy('droplet_id');
  return new Map(rows.map((row) => [row.droplet_id, Number(row.count)]));
}
