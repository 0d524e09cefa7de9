import { randomBytes } from 'node:crypto';
import { recordAudit } from '#domain/audit/index.ts';
import { requestJob } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { notFound } from '#domain/droplets/listings.ts';
import { lockDroplet } from '#domain/droplets/queries.ts';
import { about } from '#domain/droplets/service.ts';
import type { Droplet } from '#domain/droplets/types.ts';
import { insertRotation, lockOpenRotation, updateRotation } from './queries.ts';
import type { KeyRotation, RotationState } from './types.ts';

/*
 * A change of our key for a machine, in four decisions of a person, each of which the ops worker carries out as a job: it
 * alone holds the private keys. Until the last one the old key stays the one in use.
 */

/**
 * Has a new key pair made, to be installed on the machine beside the old one. Returns the job that makes it. Throws NotFound
 * `droplet_not_found` and Conflict `key_rotation_open`.
 */
export async function beginKeyRotation(ctx: Context, name: string): Promise<string> {
  return withTransaction(ctx, async (tx) => {
    const droplet = await getLocked(tx, name);
    if (await lockOpenRotation(tx.db, droplet.id))
      throw new Conflict(
        'key_rotation_open',
        `A change of the key of ${name} is under way: finish or abandon it first.`,
      );
    const beganAt = tx.clock.now();
    const newKeyName = `${name}-${beganAt.toISOString().slice(0, 10)}-${randomBytes(2).toString('hex')}`;
    const { id: dropletId, keyName: oldKeyName } = droplet;
    await insertRotation(tx.db, { id: newId(), dropletId, oldKeyName, newKeyName, beganAt, beganBy: tx.actor.label });
    await recordAudit(tx, { action: 'droplet.key_rotation_begun', ...about(droplet), after: { key_name: newKeyName } });
    const payload = { dropletId, keyName: newKeyName };
    return requestJob(tx, { kind: 'droplet.make_key', subject: `droplet ${name}`, payload });
  });
}

/**
 * Has the new key tried on the machine. Returns the job that does. Throws NotFound `droplet_not_found`, Conflict
 * `no_key_rotation` and `key_not_made`.
 */
export async function verifyKeyRotation(ctx: Context, name: string): Promise<string> {
  return withTransaction(ctx, async (tx) => {
    const { droplet, rotation } = await getOpen(tx, name);
    refuseUnless(rotation, ['made', 'verified'], 'key_not_made', 'The new key is not made yet.');
    const payload = { dropletId: droplet.id, rotationId: rotation.id };
    return requestJob(tx, { kind: 'droplet.verify_key', subject: `droplet ${name}`, payload });
  });
}

/**
 * Makes the new key the one in use and has the old private key deleted. Returns the job that does. Throws NotFound
 * `droplet_not_found`, Conflict `no_key_rotation` and `key_not_verified`.
 */
export async function finishKeyRotation(ctx: Context, name: string): Promise<string> {
  return withTransaction(ctx, async (tx) => {
    const { droplet, rotation } = await getOpen(tx, name);
    refuseUnless(rotation, ['verified'], 'key_not_verified', 'The machine was not yet seen letting the new key in.');
    await updateRotation(tx.db, rotation.id, { state: 'switching', problem: null });
    await recordAudit(tx, {
      action: 'droplet.key_switch_requested',
      ...about(droplet),
      before: { key_name: rotation.oldKeyName },
      after: { key_name: rotation.newKeyName },
    });
    const payload = { dropletId: droplet.id, rotationId: rotation.id };
    return requestJob(tx, { kind: 'droplet.switch_key', subject: `droplet ${name}`, payload });
  });
}

/**
 * Gives the change up: the old key stays, the new private key is deleted. Returns the job that does. Throws NotFound
 * `droplet_not_found`, Conflict `no_key_rotation` and `key_being_switched`.
 */
export async function abandonKeyRotation(ctx: Context, name: string): Promise<string> {
  return withTransaction(ctx, async (tx) => {
    const { droplet, rotation } = await getOpen(tx, name);
    refuseUnless(rotation, ['making', 'made', 'verified'], 'key_being_switched', 'The new key is just taking over.');
    await updateRotation(tx.db, rotation.id, { state: 'abandoned', endedAt: tx.clock.now() });
    const before = { key_name: rotation.newKeyName };
    await recordAudit(tx, { action: 'droplet.key_rotation_abandoned', ...about(droplet), before });
    const payload = { dropletId: droplet.id, keyName: rotation.newKeyName };
    return requestJob(tx, { kind: 'droplet.drop_key', subject: `key ${rotation.newKeyName}`, payload });
  });
}

async function getLocked(tx: Context, name: string): Promise<Droplet> {
  const locked = await lockDroplet(tx.db, name);
  if (!locked || locked.retiredAt) throw notFound();
  return locked.droplet;
}

async function getOpen(tx: Context, name: string): Promise<{ droplet: Droplet; rotation: KeyRotation }> {
  const droplet = await getLocked(tx, name);
  const rotation = await lockOpenRotation(tx.db, droplet.id);
  if (!rotation) throw new Conflict('no_key_rotation', `No change of the key of ${name} is under way.`);
  return { droplet, rotation };
}

function refuseUnless({ state }: KeyRotation, allowed: readonly RotationState[], code: string, message: string): void {
  if (!allowed.includes(state)) throw new Conflict(code, message);
}
