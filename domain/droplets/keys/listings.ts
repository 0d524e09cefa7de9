import type { Context } from '#platform/context.ts';
import { toRotation, type RotationRow } from './rows.ts';
import type { KeyRotation, KnownKey } from './types.ts';

/** The latest change of a machine's key, under way or over. */
export async function findRotation(ctx: Context, dropletId: string): Promise<KeyRotation | undefined> {
  const row = await ctx
    .db<RotationRow>('platform.droplet_key_rotations')
    .where({ droplet_id: dropletId })
    .orderBy('began_at', 'desc')
    .first();
  return row && toRotation(row);
}

type KeyRow = { name: string; public_key: string; made_at: Date };

/** The public half of a key, once the ops worker has told it. */
export async function findKey(ctx: Context, name: string): Promise<KnownKey | undefined> {
  const row = await ctx.db<KeyRow>('platform.login_keys').where({ name }).first();
  return row && { name: row.name, publicKey: row.public_key, madeAt: row.made_at };
}

/** Names of keys that machines are logged in to with, and whose public half nobody has told yet. */
export async function listUntoldKeys(ctx: Context): Promise<string[]> {
  return ctx
    .db('platform.droplets')
    .where({ retired_at: null })
    .whereNotIn('key_name', ctx.db('platform.login_keys').select('name'))
    .distinct()
    .pluck<string[]>('key_name');
}
