import type { Db } from '#platform/db/index.ts';
import { toRotation, type RotationRow } from './rows.ts';
import type { KeyRotation, KnownKey, RotationState } from './types.ts';

const OPEN: RotationState[] = ['making', 'made', 'verified', 'switching'];

/** Says nothing when the key is known already; true when it was not. */
export async function insertKey(db: Db, { name, publicKey, madeAt }: KnownKey, at: Date): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `insert into platform.login_keys (name, public_key, made_at, recorded_at)
     values (:name, :publicKey, :madeAt, :at)
     on conflict (name) do update set public_key = excluded.public_key, made_at = excluded.made_at,
                                      recorded_at = excluded.recorded_at
      where login_keys.public_key <> excluded.public_key`,
    { name, publicKey, madeAt, at },
  );
  return rowCount > 0;
}

export async function deleteKey(db: Db, name: string): Promise<void> {
  await db('platform.login_keys').where({ name }).delete();
}

type NewRotation = Pick<KeyRotation, 'id' | 'dropletId' | 'oldKeyName' | 'newKeyName' | 'beganAt' | 'beganBy'>;

export async function insertRotation(db: Db, rotation: NewRotation): Promise<void> {
  await db('platform.droplet_key_rotations').insert({
    id: rotation.id,
    droplet_id: rotation.dropletId,
    old_key_name: rotation.oldKeyName,
    new_key_name: rotation.newKeyName,
    state: 'making',
    began_at: rotation.beganAt,
    began_by: rotation.beganBy,
  });
}

/** The change under way on a machine, locked until the transaction ends. */
export async function lockOpenRotation(db: Db, dropletId: string): Promise<KeyRotation | undefined> {
  const row = await db<RotationRow>('platform.droplet_key_rotations')
    .where({ droplet_id: dropletId })
    .whereIn('state', OPEN)
    .forUpdate()
    .first();
  return row && toRotation(row);
}

type RotationChange = { state?: RotationState; problem?: string | null; verifiedAt?: Date; endedAt?: Date };

export async function updateRotation(db: Db, id: string, change: RotationChange): Promise<void> {
  await db('platform.droplet_key_rotations')
    .where({ id })
    .update({
      ...(change.state && { state: change.state }),
      ...(change.problem !== undefined && { problem: change.problem }),
      ...(change.verifiedAt && { verified_at: change.verifiedAt }),
      ...(change.endedAt && { ended_at: change.endedAt }),
    });
}

/** Ends whatever change is under way on a machine; returns the name of its new key when there was one. */
export async function closeRotation(
  db: Db,
  dropletId: string,
  { state, at }: { state: 'abandoned'; at: Date },
): Promise<string | undefined> {
  const open = await lockOpenRotation(db, dropletId);
  if (!open) return undefined;
  await updateRotation(db, open.id, { state, endedAt: at });
  return open.newKeyName;
}
