import type { Db } from '#platform/db/index.ts';
import type { LetterFilter } from './types.ts';

export type Asked = { by: string; at: Date; because: string };
type Changed = { id: string; tenant_id: string; type: string };

/** Asks for each dead letter of the filter to be tried again; one that is asked for already is left alone. */
export async function askReplay(db: Db, filter: LetterFilter & { id?: string }, asked: Asked): Promise<Changed[]> {
  return dead(db, filter).update({ state: 'replaying', replay_started_at: null, ...columnsOf(asked) }, [
    'id',
    'tenant_id',
    'type',
  ]);
}

/** Keeps the payload with which the letter is to be tried from now on. */
export async function mendPayload(db: Db, id: string, payload: string): Promise<void> {
  await dead(db, { id }).update({ mended_payload: payload });
}

/** Ends one without its effect. */
export async function markSkipped(db: Db, id: string, asked: Asked): Promise<Changed[]> {
  return dead(db, { id }).update({ state: 'skipped', resolved_at: asked.at, ...columnsOf(asked) }, [
    'id',
    'tenant_id',
    'type',
  ]);
}

function dead(db: Db, { id, reason, type, tenantId }: LetterFilter & { id?: string }) {
  const query = db('events.dead_letters').where({ state: 'dead' });
  if (id !== undefined) void query.where({ id });
  if (reason !== undefined) void query.where({ reason });
  if (type !== undefined) void query.where({ type });
  if (tenantId !== undefined) void query.where({ tenant_id: tenantId });
  return query;
}

function columnsOf({ by, at, because }: Asked) {
  return { asked_by: by, asked_at: at, asked_because: because };
}
