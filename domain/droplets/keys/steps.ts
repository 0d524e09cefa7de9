import { recordAudit } from '#domain/audit/index.ts';
import { withTransaction } from '#platform/db/index.ts';
import { AppError, Conflict } from '#platform/errors.ts';
import type { LoginKey, SshPool } from '#platform/ssh/index.ts';
import { runOnDroplet, type DropletContext } from '#domain/droplets/health.ts';
import { countUsersOfKey, getDropletById } from '#domain/droplets/listings.ts';
import { replaceKeyName } from '#domain/droplets/queries.ts';
import { about } from '#domain/droplets/service.ts';
import { findRotation, listUntoldKeys } from './listings.ts';
import { deleteKey, insertKey, lockOpenRotation, updateRotation } from './queries.ts';
import type { KeyRotation } from './types.ts';

/** A context of the one process that holds our private keys. */
export type KeyContext = DropletContext & { ssh: Pick<SshPool, 'run' | 'keys'> };

type OfKey = { dropletId: string; keyName: string };
type OfRotation = { dropletId: string; rotationId: string };

/** Makes the key unless there is one, and tells its public half. */
export async function makeKey(ctx: KeyContext, { dropletId, keyName }: OfKey): Promise<void> {
  const key = await ctx.ssh.keys.make(keyName);
  await withTransaction(ctx, async (tx) => {
    const droplet = await getDropletById(tx, dropletId);
    const rotation = await lockOpenRotation(tx.db, dropletId);
    if (rotation?.state === 'making' && rotation.newKeyName === keyName)
      await updateRotation(tx.db, rotation.id, { state: 'made', problem: null });
    if (!(await tellKey(tx, keyName, key))) return;
    const after = { key_name: keyName, public_key: key.publicKey };
    await recordAudit(tx, { action: 'droplet.key_made', ...about(droplet), after });
  });
}

/** Takes back a key that was made for a change of keys; one that was found at an enrolment stays. */
export async function unmakeKey(ctx: KeyContext, { dropletId, keyName }: OfKey, reason: string): Promise<void> {
  const isOurs = await withTransaction(ctx, async (tx) => {
    const rotation = await lockOpenRotation(tx.db, dropletId);
    if (rotation?.newKeyName !== keyName) return false;
    const endedAt = tx.clock.now();
    await updateRotation(tx.db, rotation.id, { state: 'abandoned', problem: reason, endedAt });
    return true;
  });
  if (isOurs) await deleteUnusedKey(ctx, keyName);
}

/** A droplet and a key of ours, by their names. */
type DropletKey = { droplet: string; key: string };

/** Sees whether the machine lets the new key in. Throws what the machine answers, and keeps it for the page. */
export async function verifyKey(ctx: KeyContext, { dropletId, rotationId }: OfRotation): Promise<DropletKey> {
  const droplet = await getDropletById(ctx, dropletId);
  const { newKeyName: keyName } = await getOpenRotation(ctx, { dropletId, rotationId });
  try {
    // Not recorded as health: that the new key is not there yet says nothing about the machine.
    await ctx.ssh.run({ ...droplet, keyName }, { verb: 'version' });
    await withTransaction(ctx, async (tx) => {
      const { state } = await getOpenRotation(tx, { dropletId, rotationId });
      if (state !== 'made' && state !== 'verified') return;
      const verifiedAt = tx.clock.now();
      await updateRotation(tx.db, rotationId, { state: 'verified', problem: null, verifiedAt });
      await recordAudit(tx, { action: 'droplet.key_verified', ...about(droplet), after: { key_name: keyName } });
    });
    return { droplet: droplet.name, key: keyName };
  } catch (error) {
    if (error instanceof AppError) await updateRotation(ctx.db, rotationId, { problem: error.message });
    throw error;
  }
}

/** From here on the new key is the one in use. */
export async function switchKey(ctx: KeyContext, { dropletId, rotationId }: OfRotation): Promise<DropletKey> {
  return withTransaction(ctx, async (tx) => {
    const droplet = await getDropletById(tx, dropletId);
    const { oldKeyName: from, newKeyName: to } = await getOpenRotation(tx, { dropletId, rotationId });
    if (await replaceKeyName(tx.db, dropletId, { from, to, at: tx.clock.now() }))
      await recordAudit(tx, {
        action: 'droplet.key_switched',
        ...about(droplet),
        before: { key_name: from },
        after: { key_name: to },
      });
    return { droplet: droplet.name, key: to };
  });
}

/** Puts the old key back in use, as long as there still is one. */
export async function switchKeyBack(
  ctx: KeyContext,
  { dropletId, rotationId }: OfRotation,
  reason: string,
): Promise<void> {
  const rotation = await withTransaction(ctx, (tx) => lockOpenRotation(tx.db, dropletId));
  if (rotation?.id !== rotationId) return;
  if (!(await ctx.ssh.keys.find(rotation.oldKeyName))) return;
  await withTransaction(ctx, async (tx) => {
    const droplet = await getDropletById(tx, dropletId);
    const change = { from: rotation.newKeyName, to: rotation.oldKeyName, at: tx.clock.now() };
    const isBack = await replaceKeyName(tx.db, dropletId, change);
    await updateRotation(tx.db, rotationId, { state: 'verified', problem: reason });
    if (!isBack) return;
    const after = { key_name: rotation.oldKeyName };
    await recordAudit(tx, { action: 'droplet.key_switched_back', ...about(droplet), after });
  });
}

/** Logs in once with the key in use, before the old one is given up. */
export async function useKey(ctx: KeyContext, { dropletId }: OfRotation): Promise<DropletKey> {
  const droplet = await getDropletById(ctx, dropletId);
  await runOnDroplet(ctx, droplet, { verb: 'version' });
  return { droplet: droplet.name, key: droplet.keyName };
}

/** A key that was given up; `isDeleted` is false while another droplet is logged in to with it. */
type GivenUpKey = { key: string; isDeleted: boolean };

/** Deletes the old private key and ends the change. */
export async function deleteOldKey(ctx: KeyContext, { dropletId, rotationId }: OfRotation): Promise<GivenUpKey> {
  const last = await findRotation(ctx, dropletId);
  if (last?.id === rotationId && last.state === 'finished') return deleteUnusedKey(ctx, last.oldKeyName);
  const { oldKeyName, newKeyName } = await getOpenRotation(ctx, { dropletId, rotationId });
  const givenUp = await deleteUnusedKey(ctx, oldKeyName);
  await withTransaction(ctx, async (tx) => {
    const droplet = await getDropletById(tx, dropletId);
    await updateRotation(tx.db, rotationId, { state: 'finished', endedAt: tx.clock.now() });
    await recordAudit(tx, {
      action: 'droplet.key_rotated',
      ...about(droplet),
      before: { key_name: oldKeyName },
      after: { key_name: newKeyName },
    });
  });
  return givenUp;
}

/** Deletes a private key, unless some machine is still logged in to with it. */
export async function deleteUnusedKey(ctx: KeyContext, keyName: string): Promise<GivenUpKey> {
  if ((await countUsersOfKey(ctx, keyName)) > 0) return { key: keyName, isDeleted: false };
  await ctx.ssh.keys.remove(keyName);
  await deleteKey(ctx.db, keyName);
  return { key: keyName, isDeleted: true };
}

/** Tells the public halves of keys that were there before anybody asked, as after an enrolment at the command line. */
export async function tellKeys(ctx: KeyContext): Promise<void> {
  for (const name of await listUntoldKeys(ctx)) {
    const key = await ctx.ssh.keys.find(name);
    if (key) await tellKey(ctx, name, key);
  }
}

function tellKey({ db, clock }: DropletContext, name: string, { publicKey, madeAt }: LoginKey): Promise<boolean> {
  return insertKey(db, { name, publicKey, madeAt }, clock.now());
}

async function getOpenRotation(ctx: DropletContext, { dropletId, rotationId }: OfRotation): Promise<KeyRotation> {
  const rotation = await withTransaction(ctx, (tx) => lockOpenRotation(tx.db, dropletId));
  if (rotation?.id !== rotationId) throw new Conflict('no_key_rotation', 'This change of keys is over.');
  return rotation;
}
