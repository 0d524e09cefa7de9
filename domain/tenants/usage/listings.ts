import type { Context } from '#platform/context.ts';
import { withTenant } from '#platform/db/index.ts';

export type TableUsage = { table: string; rows: number; bytes: number };

/** How many rows a store has in every table that can hold some, and how many bytes these take without their indexes. */
export async function measureTenant(ctx: Context, tenantId: string): Promise<TableUsage[]> {
  return withTenant(ctx, tenantId, async (tx) => {
    const { rows } = await tx.db.raw<{ rows: { name: string; row_count: string; bytes: string }[] }>(
      'select * from platform.measure_tenant()',
    );
    return rows.map(({ name, row_count: count, bytes }) => ({
      table: name,
      rows: Number(count),
      bytes: Number(bytes),
    }));
  });
}

type DayOfEvents = { day: string; events: number; orders: number };

/** What happened in a store on each of the last `days` days of its own calendar, the newest first. */
export async function listEventDays(ctx: Context, tenantId: string, days: number): Promise<DayOfEvents[]> {
  const { rows } = await ctx.db.raw<{ rows: { day: string; events: string; orders: string }[] }>(EVENT_DAYS, {
    tenantId,
    days,
    now: ctx.clock.now(),
  });
  return rows.map(({ day, events, orders }) => ({ day, events: Number(events), orders: Number(orders) }));
}

const EVENT_DAYS = `
  with zone as (select t.timezone as name, (:now::timestamptz at time zone t.timezone)::date as today
                  from platform.tenants t where t.id = :tenantId)
  select d.day::date::text as day, count(o.event_id) as events,
         count(o.event_id) filter (where o.type = 'order_created') as orders
    from zone cross join lateral generate_series(zone.today - (:days::int - 1), zone.today, interval '1 day') d(day)
    left join events.outbox o on o.tenant_id = :tenantId
     and o.created_at >= :now::timestamptz - make_interval(days => :days + 1)
     and o.created_at >= (d.day at time zone zone.name) and o.created_at < ((d.day + interval '1 day') at time zone zone.name)
   group by d.day order by d.day desc`;

type TenantLag = {
  /** Events written and not yet applied by every group. */
  backlog: number;
  oldestAt: Date | undefined;
  deadLetters: number;
};

/** What of a store's events is still to be applied, and what was put aside. */
export async function getTenantLag(ctx: Context, tenantId: string): Promise<TenantLag> {
  const { rows } = await ctx.db.raw<{ rows: { backlog: string; oldest_at: Date | null; dead_letters: string }[] }>(
    LAG,
    { tenantId },
  );
  const { backlog, oldest_at: oldestAt, dead_letters: deadLetters } = rows[0]!;
  return { backlog: Number(backlog), oldestAt: oldestAt ?? undefined, deadLetters: Number(deadLetters) };
}

const LAG = `
  select count(*) as backlog, min(p.created_at) as oldest_at,
         (select count(*) from events.dead_letters d
           where d.tenant_id = :tenantId and d.state in ('dead', 'replaying')) as dead_letters
    from events.pending p where p.tenant_id = :tenantId`;

type DeadLetter = { id: string; type: string; reason: string; error: string; attempts: number; diedAt: Date };

/** A store's events that were put aside, the newest first. */
export async function listDeadLetters(ctx: Context, tenantId: string, limit: number): Promise<DeadLetter[]> {
  const rows = await ctx
    .db('events.dead_letters')
    .where({ tenant_id: tenantId })
    .whereIn('state', ['dead', 'replaying'])
    .orderBy([
      { column: 'died_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(limit)
    .select<(Omit<DeadLetter, 'diedAt'> & { died_at: Date })[]>('id', 'type', 'reason', 'error', 'attempts', 'died_at');
  return rows.map(({ died_at: diedAt, ...letter }) => ({ ...letter, diedAt }));
}
