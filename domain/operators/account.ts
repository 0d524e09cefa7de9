import { recordAudit } from '#domain/audit/index.ts';
import { hashPassword, passwordProblem, verifyPassword, type PasswordProblem } from '#platform/auth/passwords.ts';
import type { LoginThrottle } from '#platform/auth/throttle.ts';
import type { Context } from '#platform/context.ts';
import { deleteSessionsOf, findCredentials, updateOperator } from './queries.ts';
import { changeOperator, subjectOf } from './service.ts';
import type { Operator } from './types.ts';

type PasswordRefusal =
  { field: 'current'; code: 'wrong_password' } | { field: 'password'; code: PasswordProblem | 'same_as_before' };

type PasswordChange = {
  operator: Pick<Operator, 'id' | 'email'>;
  current: string;
  password: string;
  /** The session that asks stays; every other one of this person ends. */
  keepSid: string;
};

/**
 * Replaces a person's own password. A refusal is a value, for it goes back under a field of the form. Guessing the current
 * one is throttled like signing in: throws RateLimited.
 */
export async function changePassword(
  ctx: Context,
  throttle: LoginThrottle,
  change: PasswordChange,
): Promise<PasswordRefusal | undefined> {
  const { current, password, keepSid } = change;
  const { id: operatorId, email } = change.operator;
  const address = ctx.actor.ip ?? 'unknown';
  await throttle.attempt(email, address);
  const credentials = await findCredentials(ctx.db, { id: operatorId });
  if (!(await verifyPassword(credentials?.passwordHash, current))) return { field: 'current', code: 'wrong_password' };
  await throttle.forgive(email, address);
  const problem = password === current ? 'same_as_before' : passwordProblem(password);
  if (problem) return { field: 'password', code: problem };
  const passwordHash = await hashPassword(password);
  await changeOperator(ctx, operatorId, async (tx, operator) => {
    await updateOperator(tx.db, operatorId, { passwordHash, mustChangePassword: false }, tx.clock.now());
    const endedSessions = await deleteSessionsOf(tx.db, operatorId, keepSid);
    await recordAudit(tx, {
      action: 'operator.password_changed',
      subject: subjectOf(operator),
      after: { endedSessions },
    });
  });
  return undefined;
}

type ProfileChanges = Partial<Pick<Operator, 'name' | 'locale' | 'theme'>>;

/** Changes what a person decides about themselves. Only a new name is news to others, so only that is audited. */
export async function updateProfile(ctx: Context, operatorId: string, changes: ProfileChanges): Promise<void> {
  await changeOperator(ctx, operatorId, async (tx, operator) => {
    await updateOperator(tx.db, operatorId, changes, tx.clock.now());
    if (changes.name === undefined || changes.name === operator.name) return;
    await recordAudit(tx, {
      action: 'operator.renamed',
      subject: subjectOf(operator),
      before: { name: operator.name },
      after: { name: changes.name },
    });
  });
}
