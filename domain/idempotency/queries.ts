import type { Db } from '#platform/db/index.ts';

type KeyRow = { request_hash: string; status: number; response: string };

type Place = { scope: string; key: string };

/** False when another transaction is at work on the same key right now. Held until the end of this one. */
export async function tryLockKey(db: Db, { scope, key }: Place): Promise<boolean> {
  const { rows } = await db.raw<{ rows: { locked: boolean }[] }>(
    'select pg_try_advisory_xact_lock(hashtextextended(?, 0)) as locked',
    [JSON.stringify([scope, key])],
  );
  return rows[0]!.locked;
}

export async function findAnswer(
  db: Db,
  { scope, key }: Place,
  now: Date,
): Promise<{ requestHash: string; status: number; sealed: string } | undefined> {
  const row = await db('platform.idempotency_keys')
    .where({ scope, key })
    .where('expires_at', '>', now)
    .first<KeyRow | undefined>('request_hash', 'status', 'response');
  return row && { requestHash: row.request_hash, status: row.status, sealed: row.response };
}

type Answered = Place & { requestHash: string; status: number; sealed: string; at: Date; expiresAt: Date };

export async function insertAnswer(db: Db, answered: Answered): Promise<void> {
  await db('platform.idempotency_keys')
    .insert({
      scope: answered.scope,
      key: answered.key,
      request_hash: answered.requestHash,
      status: answered.status,
      response: JSON.stringify(answered.sealed),
      created_at: answered.at,
      expires_at: answered.expiresAt,
    })
    .onConflict(['scope', 'key'])
    .merge();
}

/** Removes some of what has expired; parallel callers never wait for one another. */
export async function deleteExpiredAnswers(db: Db, now: Date): Promise<void> {
  await db.raw(
    `delete from platform.idempotency_keys where ctid = any(array(
       select ctid from platform.idempotency_keys where expires_at <= ? limit 100 for update skip locked))`,
    [now],
  );
}
