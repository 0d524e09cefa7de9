import type { Db, TenantLane } from '#platform/db/index.ts';

/** The subject that stands for all of a store. */
export const WHOLE_STORE = '00000000-0000-0000-0000-000000000000';

/**
 * SQL of an insert of what is to be worked out again, to end a statement with: `rows` yields `subject` and `due_at`. $1 is
 * the tenant. What is asked for already keeps its time.
 */
export function askForRecomputation(engine: string, rows: string): string {
  return `insert into events.recomputations (tenant_id, engine, subject, due_at)
    select $1, '${engine}', r.subject, r.due_at from (${rows}) r on conflict do nothing`;
}

/** Asks for the store as a whole at two o'clock of its next night: for what changes only because time passes. */
export async function askForTonight(lane: TenantLane, engine: string): Promise<void> {
  await lane.query({
    name: 'ask_for_tonight',
    text: `insert into events.recomputations (tenant_id, engine, subject, due_at)
      select $1, $2, $3, (date_trunc('day', $4::timestamptz at time zone z.zone) + interval '1 day 2 hours') at time zone z.zone
        from (select coalesce((select t.timezone from platform.tenants t where t.id = $1), 'America/Sao_Paulo') as zone) z
      on conflict do nothing`,
    values: [lane.tenantId, engine, WHOLE_STORE, lane.clock.now()],
  });
}

/**
 * Stores for which something is due of one of these engines, those first that have waited longest. What a newer version asked
 * for, of an engine that this one does not know, is left to it.
 */
export async function listDueTenants(
  db: Db,
  { engines, now, limit }: { engines: readonly string[]; now: Date; limit: number },
): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { tenant_id: string }[] }>(
    `select tenant_id from (select tenant_id, min(due_at) as due_at from (
         select tenant_id, due_at from events.recomputations where due_at <= ? and engine = any (?::text[])
          order by due_at limit ?) d
       group by tenant_id) t order by due_at limit ?`,
    [now, [...engines], 50 * limit, limit],
  );
  return rows.map((row) => row.tenant_id);
}

/** Takes what is due off the list, in the transaction that works it out; a lane holds its tenant, so nobody adds meanwhile. */
export async function takeDue(lane: TenantLane, engine: string, limit: number): Promise<string[]> {
  const rows = await lane.query<{ subject: string }>({
    name: 'take_due',
    text: `delete from events.recomputations
            where tenant_id = $1 and engine = $2 and subject in (
              select subject from events.recomputations
               where tenant_id = $1 and engine = $2 and due_at <= $3 order by due_at limit $4)
            returning subject`,
    values: [lane.tenantId, engine, lane.clock.now(), limit],
  });
  return rows.map((row) => row.subject);
}

/** Puts off what is due in a store, so that what fails there does not fail at every look. */
export async function postpone(lane: TenantLane): Promise<void> {
  await lane.query({
    name: 'postpone',
    text: `update events.recomputations set due_at = $2::timestamptz + interval '5 minutes'
            where tenant_id = $1 and due_at <= $2`,
    values: [lane.tenantId, lane.clock.now()],
  });
}
