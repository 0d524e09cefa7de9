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

type DueQuestion = {
  /** What a newer version asked for, of an engine that this one does not know, is left to it. */
  engines: readonly string[];
  now: Date;
  /** The store after which to begin. */
  after: string;
  limit: number;
};

/** The next stores for which something is due, by their ids: each is found at one step, however much is due for the one before. */
export async function listDueTenants(db: Db, { engines, now, after, limit }: DueQuestion): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { tenant_id: string }[] }>(
    `with recursive due as (
       (select tenant_id, 1 as nth from events.recomputations
         where tenant_id > :after and engine = any (:engines::text[]) and due_at <= :now order by tenant_id limit 1)
       union all
       select (select r.tenant_id from events.recomputations r
                where r.tenant_id > d.tenant_id and r.engine = any (:engines::text[]) and r.due_at <= :now
                order by r.tenant_id limit 1), d.nth + 1
         from due d where d.tenant_id is not null and d.nth < :limit)
     select tenant_id from due where tenant_id is not null`,
    { engines: [...engines], now, after, limit },
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
               where tenant_id = $1 and engine = $2 and due_at <= $3 order by due_at, subject limit $4)
            returning subject`,
    values: [lane.tenantId, engine, lane.clock.now(), limit],
  });
  return rows.map((row) => row.subject);
}

/** Puts one subject off, so that what fails there does not fail at every look. */
export async function postpone(lane: TenantLane, engine: string, subject: string): Promise<void> {
  await lane.query({
    name: 'postpone',
    text: `update events.recomputations set due_at = $4::timestamptz + interval '5 minutes'
            where tenant_id = $1 and engine = $2 and subject = $3`,
    values: [lane.tenantId, engine, subject, lane.clock.now()],
  });
}
