import { hashPassword, passwordProblem, verifyPassword, type PasswordProblem } from '#platform/auth/passwords.ts';
import type { LoginThrottle } from '#platform/auth/throttle.ts';
import type { TenantContext } from '#platform/context.ts';
import { withTenant } from '#platform/db/index.ts';
import { NotAuthenticated } from '#platform/errors.ts';
import { recordStoreAudit } from '#domain/construction/audit/index.ts';
import { findCredentials, revokeOtherSessions, updatePassword } from './queries.ts';
import type { StoreUser } from './types.ts';

type SignedIn = TenantContext & { user: StoreUser; sessionId: string };

export type PasswordRefusal = { field: 'current'; problem: 'wrong' } | { field: 'next'; problem: PasswordProblem };

/**
 * Lets a person choose their own password and ends their other sessions: whoever else held one of them is out. Returns
 * why not when it cannot be, undefined when it was done. Guessing the current one is throttled like signing in.
 */
export async function changePassword(
  ctx: SignedIn,
  throttle: LoginThrottle,
  { current, next }: { current: string; next: string },
): Promise<PasswordRefusal | undefined> {
  const { tenantId, user, sessionId } = ctx;
  const problem = passwordProblem(next);
  if (problem) return { field: 'next', problem };
  const account = `${tenantId}:${user.email}`;
  const address = ctx.actor.ip ?? 'unknown';
  await throttle.attempt(account, address);
  const credentials = await withTenant(ctx, tenantId, (tx) => findCredentials(tx.db, tenantId, user.email));
  if (!credentials) throw new NotAuthenticated();
  if (!(await verifyPassword(credentials.passwordHash, current))) return { field: 'current', problem: 'wrong' };
  await throttle.forgive(account, address);
  const passwordHash = await hashPassword(next);
  await withTenant(ctx, tenantId, async (tx) => {
    const at = tx.clock.now();
    await updatePassword(tx.db, { tenantId, id: user.id, passwordHash, at });
    await revokeOtherSessions(tx.db, { tenantId, userId: user.id, keep: sessionId, at });
    await recordStoreAudit(tx, { action: 'user.password_changed', entity: 'user', entityId: user.id });
  });
  return undefined;
}
