import type { Db } from '#platform/db/index.ts';
import type { Pause, PauseScope } from './types.ts';

type Group = { stream: string; group: string };

/** The pauses of a group that have not run out, the newest first. */
export async function listPauses(db: Db, { stream, group }: Group): Promise<Pause[]> {
  const rows = await db('events.pauses')
    .where({ stream, consumer_group: group })
    .where((open) => void open.whereNull('expires_at').orWhere('expires_at', '>', db.fn.now()))
    .orderBy('paused_at', 'desc')
    .select<PauseRow[]>('id', 'scope', 'target', 'reason', 'paused_by', 'paused_at', 'expires_at');
  return rows.map(toPause);
}

/** Events that wait or are under way and that such a pause would hold. */
export async function countHeld(db: Db, { scope, target }: Pick<Pause, 'scope' | 'target'>): Promise<number> {
  const pending = db('events.pending').count<{ count: string }[]>('*');
  if (scope === 'shard') void pending.where({ shard: Number(target) });
  if (scope === 'tenant') void pending.where({ tenant_id: target });
  if (scope === 'type') void pending.where({ type: target });
  const [row] = await pending;
  return Number(row!.count);
}

type PauseRow = {
  id: string;
  scope: PauseScope;
  target: string;
  reason: string;
  paused_by: string;
  paused_at: Date;
  expires_at: Date | null;
};

function toPause(row: PauseRow): Pause {
  return {
    id: row.id,
    scope: row.scope,
    target: row.target,
    reason: row.reason,
    pausedBy: row.paused_by,
    pausedAt: row.paused_at,
    expiresAt: row.expires_at ?? undefined,
  };
}
