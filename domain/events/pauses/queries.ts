import type { Db } from '#platform/db/index.ts';
import type { Pause } from './types.ts';

type Group = { stream: string; group: string };

/** Clears away what has run out under the same name, so that it can be paused anew. */
export async function insertPause(db: Db, { stream, group }: Group, pause: Pause): Promise<void> {
  const place = { stream, consumer_group: group, scope: pause.scope, target: pause.target };
  await db('events.pauses').where(place).where('expires_at', '<=', pause.pausedAt).delete();
  await db('events.pauses').insert({
    ...place,
    id: pause.id,
    reason: pause.reason,
    paused_by: pause.pausedBy,
    paused_at: pause.pausedAt,
    expires_at: pause.expiresAt ?? null,
  });
}

/** False when it was gone already. */
export async function deletePause(db: Db, id: string): Promise<boolean> {
  return (await db('events.pauses').where({ id }).delete()) === 1;
}
