import type { Db } from '#platform/db/index.ts';

/** How many events of a store are published at most. */
export type Limit = {
  id: string;
  tenantId: string;
  perSecond: number;
  reason: string;
  setBy: string;
  setAt: Date;
  expiresAt: Date | undefined;
};

type LimitRow = {
  id: string;
  of_tenant: string;
  per_second: number;
  reason: string;
  set_by: string;
  set_at: Date;
  expires_at: Date | null;
};

/** Those that have not run out, the newest first. */
export async function listLimits(db: Db): Promise<Limit[]> {
  const rows = await db<LimitRow>('events.limits')
    .where((open) => void open.whereNull('expires_at').orWhere('expires_at', '>', db.fn.now()))
    .orderBy('set_at', 'desc');
  return rows.map(toLimit);
}

/** Takes the place of the one that the store has. */
export async function replaceLimit(db: Db, limit: Limit): Promise<void> {
  await db('events.limits').where({ of_tenant: limit.tenantId }).delete();
  await db('events.limits').insert({
    id: limit.id,
    of_tenant: limit.tenantId,
    per_second: limit.perSecond,
    reason: limit.reason,
    set_by: limit.setBy,
    set_at: limit.setAt,
    expires_at: limit.expiresAt ?? null,
  });
}

/** Nothing when it was gone already. */
export async function deleteLimit(db: Db, id: string): Promise<Limit | undefined> {
  const [row] = await db<LimitRow>('events.limits').where({ id }).delete().returning('*');
  return row && toLimit(row);
}

function toLimit(row: LimitRow): Limit {
  return {
    id: row.id,
    tenantId: row.of_tenant,
    perSecond: row.per_second,
    reason: row.reason,
    setBy: row.set_by,
    setAt: row.set_at,
    expiresAt: row.expires_at ?? undefined,
  };
}
