import type { Db } from '#platform/db/index.ts';

/** So many events are looked at one by one; of more, blocks of the table are drawn at random that hold about so many. */
const LOOK_AT_MOST = 20_000;
const TOP = 10;

/** A tenant or a type of event, by what waits of it. */
type WaitingRow = { key: string; label: string; count: number; oldestAt: Date };

/** `isEstimate`: counts are extrapolated from a sample, since more waits than can be counted while somebody waits. */
export type Waiting = { byBacklog: WaitingRow[]; byAge: WaitingRow[]; isEstimate: boolean };

type Rows = { dimension: 'tenant' | 'type'; row: WaitingRow; byBacklog: number; byAge: number }[];

/**
 * Who and what waits most and longest. Costs the same whether twenty thousand events wait or a million: the oldest are read along
 * their index, so who waits longest is exact among them; who has the most is estimated from random blocks once there are more,
 * which a tenant with a large share cannot escape.
 */
export async function listWaiting(db: Db, backlog: number): Promise<{ tenants: Waiting; types: Waiting }> {
  const isEstimate = backlog > LOOK_AT_MOST;
  const percent = (100 * LOOK_AT_MOST) / Math.max(backlog, LOOK_AT_MOST);
  const oldest = await tally(db, `select * from events.pending order by created_at limit ${LOOK_AT_MOST}`, 100);
  const drawn = isEstimate
    ? await tally(db, `select * from events.pending tablesample system (${percent.toFixed(6)})`, percent)
    : oldest;
  const top = (dimension: 'tenant' | 'type'): Waiting => ({
    byBacklog: pick(drawn, dimension, 'byBacklog'),
    byAge: pick(oldest, dimension, 'byAge'),
    isEstimate,
  });
  return { tenants: top('tenant'), types: top('type') };
}

function pick(rows: Rows, dimension: 'tenant' | 'type', order: 'byBacklog' | 'byAge'): WaitingRow[] {
  return rows
    .filter((found) => found.dimension === dimension && found[order] <= TOP)
    .toSorted((a, b) => a[order] - b[order])
    .map(({ row }) => row);
}

async function tally(db: Db, source: string, percent: number): Promise<Rows> {
  const { rows } = await db.raw<{ rows: TallyRow[] }>(
    `with looked_at as materialized (${source}),
     tallied as (
       select tenant_id, type, count(*) as count, min(created_at) as oldest_at
         from looked_at group by grouping sets ((tenant_id), (type))),
     ranked as (
       select t.*, row_number() over (partition by type is null order by count desc, oldest_at) as by_backlog,
              row_number() over (partition by type is null order by oldest_at, count desc) as by_age from tallied t)
     select coalesce(r.type, r.tenant_id::text) as key, coalesce(r.type, n.slug, r.tenant_id::text) as label, r.type is null as is_tenant,
            r.count, r.oldest_at, r.by_backlog, r.by_age
       from ranked r left join platform.tenants n on n.id = r.tenant_id
      where least(r.by_backlog, r.by_age) <= ${TOP}`,
  );
  return rows.map((row) => ({
    dimension: row.is_tenant ? 'tenant' : 'type',
    row: {
      key: row.key,
      label: row.label,
      count: Math.round((Number(row.count) * 100) / percent),
      oldestAt: row.oldest_at,
    },
    byBacklog: Number(row.by_backlog),
    byAge: Number(row.by_age),
  }));
}

type TallyRow = {
  key: string;
  label: string;
  is_tenant: boolean;
  count: string;
  oldest_at: Date;
  by_backlog: string;
  by_age: string;
};
