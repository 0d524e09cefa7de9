import { recordAudit } from '#domain/audit/index.ts';
import { verifyPassword } from '#platform/auth/passwords.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { deleteSession, findCredentials, findOperatorById, updateOperator } from './queries.ts';
import type { Operator } from './types.ts';

/**
 * The operator with this e-mail and password, or undefined. A wrong password, an unknown e-mail and a person who was
 * deactivated look the same from outside, in words and in time. A success is audited.
 */
export async function signIn(
  ctx: Context,
  { email, password }: { email: string; password: string },
): Promise<Operator | undefined> {
  const found = await findCredentials(ctx.db, { email: email.trim() });
  const usable = found?.operator.active ? found : undefined;
  if (!(await verifyPassword(usable?.passwordHash, password)) || !usable) return undefined;
  const { operator } = usable;
  return withTransaction(ctx, async (tx) => {
    const at = tx.clock.now();
    await updateOperator(tx.db, operator.id, { lastLoginAt: at }, at);
    const actor = { ...tx.actor, kind: 'operator' as const, id: operator.id, label: operator.email };
    const subject = { type: 'operator', id: operator.id, label: operator.email };
    await recordAudit({ ...tx, actor }, { action: 'operator.signed_in', subject });
    return { ...operator, lastLoginAt: at };
  });
}

/** Ends the session `sid` of a person who leaves. Ending one that is over already is no error, and no news. */
export async function signOut(ctx: Context, { id, email }: Operator, sid: string): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    if (!(await deleteSession(tx.db, sid))) return;
    await recordAudit(tx, { action: 'operator.signed_out', subject: { type: 'operator', id, label: email } });
  });
}

/** Whose session this is: the operator, or undefined when the person is gone or may no longer sign in. */
export async function findActiveOperator(ctx: Pick<Context, 'db'>, id: string): Promise<Operator | undefined> {
  const operator = await findOperatorById(ctx.db, id);
  return operator?.active ? operator : undefined;
}
