import { generatePassword, hashPassword } from '#platform/auth/passwords.ts';
import type { Context, TenantContext } from '#platform/context.ts';
import { isUniqueViolation, withTenant } from '#platform/db/index.ts';
import { Conflict } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { recordAudit } from '#domain/audit/index.ts';
import { recordStoreAudit } from '#domain/construction/audit/index.ts';
import { countActiveUsers, getUser, listUsers, type UserLine } from './listings.ts';
import { insertUser, lockUserLimit, revokeSessions, updateUser } from './queries.ts';
import type { UserRole } from './types.ts';

/*
 * What operators do for the people of a store. Each change is written to two audit logs, the platform's and the store's.
 */

type Invitation = { name: string; email: string; role: UserRole };

/** Known here and nowhere else: show it once, write it nowhere. It opens nothing but the page on which it is replaced. */
export type OneTimePassword = { user: UserLine; password: string };

/**
 * Lets another person into a store. Throws Conflict `user_limit_reached` when the store's plan allows no more, or
 * `email_taken`, naming the field `email`, when one of its people has the address already.
 */
export async function inviteUser(ctx: Context, tenantId: string, invitation: Invitation): Promise<OneTimePassword> {
  const password = generatePassword();
  const passwordHash = await hashPassword(password);
  const id = newId();
  const { name, email, role } = invitation;
  await withTenant(ctx, tenantId, async (tx) => {
    await refuseBeyondLimit(tx);
    const at = tx.clock.now();
    await insertUser(tx.db, { tenantId, id, email, name, role, passwordHash, mustChangePassword: true, at });
    await audit(tx, 'user.invited', { id, email }, { after: { email, name, role } });
  }).catch(asEmailTaken);
  return { user: await getUser(ctx, tenantId, id), password };
}

/** A new one-time password for a person who lost theirs; their sessions end. Throws NotFound `user_not_found`. */
export async function resetPassword(ctx: Context, tenantId: string, id: string): Promise<OneTimePassword> {
  const password = generatePassword();
  const passwordHash = await hashPassword(password);
  const user = await change(ctx, { tenantId, id }, async (tx, user) => {
    await updateUser(tx.db, { tenantId, id, at: tx.clock.now() }, { passwordHash });
    await audit(tx, 'user.password_reset', user);
    return true;
  });
  return { user, password };
}

/**
 * Keeps a person out from now on; what they did stays theirs. Nothing happens when they are out already. Throws NotFound
 * `user_not_found`, or Conflict `last_admin` for the only one who can run the store.
 */
export async function deactivateUser(ctx: Context, tenantId: string, id: string): Promise<UserLine> {
  return change(ctx, { tenantId, id }, async (tx, user) => {
    if (!user.active) return false;
    const admins = (await listUsers(tx, tenantId)).filter((other) => other.active && other.role === 'admin');
    if (admins.length === 1 && admins[0]!.id === id)
      throw new Conflict('last_admin', `${user.name} is the only admin of this store. Invite another one first.`);
    await updateUser(tx.db, { tenantId, id, at: tx.clock.now() }, { active: false });
    await audit(tx, 'user.deactivated', user, { before: { active: true }, after: { active: false } });
    return true;
  });
}

/** Lets a person in again, with the password they had. Throws NotFound `user_not_found`, Conflict `user_limit_reached`. */
export async function reactivateUser(ctx: Context, tenantId: string, id: string): Promise<UserLine> {
  return change(ctx, { tenantId, id }, async (tx, user) => {
    if (user.active) return false;
    await refuseBeyondLimit(tx);
    await updateUser(tx.db, { tenantId, id, at: tx.clock.now() }, { active: true });
    await audit(tx, 'user.reactivated', user, { before: { active: false }, after: { active: true } });
    return true;
  });
}

/** Signs everybody of a store out; returns how many sessions that ended. */
export async function endAllSessions(ctx: Context, tenantId: string): Promise<number> {
  return withTenant(ctx, tenantId, (tx) => revokeSessions(tx.db, { tenantId, at: tx.clock.now() }));
}

type Change = (tx: TenantContext, user: UserLine) => Promise<boolean>;

/** Changes one person, the store's people locked meanwhile, and ends their sessions when something changed. */
async function change(
  ctx: Context,
  { tenantId, id }: { tenantId: string; id: string },
  apply: Change,
): Promise<UserLine> {
  return withTenant(ctx, tenantId, async (tx) => {
    await lockUserLimit(tx.db, tenantId);
    const user = await getUser(tx, tenantId, id);
    if (!(await apply(tx, user))) return user;
    await revokeSessions(tx.db, { tenantId, userId: id, at: tx.clock.now() });
    return getUser(tx, tenantId, id);
  });
}

async function refuseBeyondLimit(tx: TenantContext): Promise<void> {
  const limit = await lockUserLimit(tx.db, tx.tenantId);
  const count = await countActiveUsers(tx, tx.tenantId);
  if (count < limit) return;
  const message = `The plan of this store allows ${limit} people, and ${count} can sign in. Change the plan, or deactivate somebody.`;
  throw new Conflict('user_limit_reached', message, { members: { users: count, max_users: limit } });
}

function asEmailTaken(error: unknown): never {
  if (!isUniqueViolation(error, 'users_email')) throw error;
  const message = 'Somebody in this store has this e-mail already.';
  throw new Conflict('email_taken', message, {
    cause: error,
    fields: [{ path: 'email', code: 'email_taken', message }],
  });
}

type Changes = { before?: Record<string, unknown>; after?: Record<string, unknown> };

async function audit(
  tx: TenantContext,
  action: string,
  { id, email }: { id: string; email: string },
  changes: Changes = {},
): Promise<void> {
  const { tenantId } = tx;
  await recordAudit(tx, { action, subject: { type: 'user', id, label: email }, tenantId, ...changes });
  await recordStoreAudit(tx, { action, entity: 'user', entityId: id, ...changes });
}
