import type { Context } from '#platform/context.ts';

/** What of a store's events is still to be applied. */
export type WaitingEvents = {
  events: number;
  /** When the oldest of them happened. */
  oldestAt: Date;
};

/** So much is looked at; that many events wait only when a process stands still, which the Streams page shows. */
const LOOKED_AT = 10_000;

/**
 * The lag of these stores by their id; a store of which nothing waits is missing. Undefined when so many events wait that
 * their stores cannot be told quickly.
 */
export async function mapLags(
  ctx: Context,
  tenantIds: readonly string[],
): Promise<Map<string, WaitingEvents> | undefined> {
  const { rows } = await ctx.db.raw<{ rows: LagRow[] }>(WAITING, { tenantIds: [...tenantIds], limit: LOOKED_AT });
  if (rows.some((row) => Number(row.looked_at) >= LOOKED_AT)) return undefined;
  return new Map(rows.map((row) => [row.tenant_id, { events: Number(row.events), oldestAt: row.oldest_at }]));
}

type LagRow = { tenant_id: string; events: string; oldest_at: Date; looked_at: string };

const WAITING = `
  with waiting as (select p.tenant_id, p.created_at from events.pending p limit :limit),
  counted as (
    select tenant_id, count(*) as events, min(created_at) as oldest_at, sum(count(*)) over () as looked_at
      from waiting group by tenant_id)
  select * from counted where tenant_id = any(:tenantIds::uuid[]) or looked_at >= :limit`;
