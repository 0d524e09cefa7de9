import { recordAudit } from '#domain/audit/index.ts';
import { generatePassword, hashPassword } from '#platform/auth/passwords.ts';
import type { Context } from '#platform/context.ts';
import { isUniqueViolation, withTransaction } from '#platform/db/index.ts';
import { Conflict, NotFound } from '#platform/errors.ts';
import { isId, newId } from '#platform/ids.ts';
import { deleteSessionsOf, insertOperator, lockActiveAdmins, lockOperator, updateOperator } from './queries.ts';
import type { Role } from './roles.ts';
import type { Operator } from './types.ts';

/** What the inviter must hand over: the password is kept nowhere and cannot be shown again. */
export type Invitation = { operator: Operator; password: string };

/**
 * Adds a person with a one-time password that must be replaced at the first sign-in. `email` and `name` are taken as
 * checked. Throws Conflict `email_taken`, naming the field.
 */
export async function inviteOperator(
  ctx: Context,
  { email, name, role }: { email: string; name: string; role: Role },
): Promise<Invitation> {
  const password = generatePassword();
  const passwordHash = await hashPassword(password);
  const operator: Operator = {
    id: newId(),
    email: email.trim().toLowerCase(),
    name: name.trim(),
    role,
    active: true,
    mustChangePassword: true,
    locale: 'en',
    theme: 'auto',
    lastLoginAt: undefined,
    invitedBy: ctx.actor.label,
    createdAt: ctx.clock.now(),
  };
  await withTransaction(ctx, async (tx) => {
    await insertOperator(tx.db, { ...operator, passwordHash }).catch(refuseTakenEmail);
    await recordAudit(tx, { action: 'operator.invited', subject: subjectOf(operator), after: { name, role } });
  });
  return { operator, password };
}

/** Throws NotFound, and Conflict `last_admin` when nobody would be left who can manage operators. */
export async function changeRole(ctx: Context, id: string, role: Role): Promise<Operator> {
  return changeAccess(ctx, id, async (tx, operator, refuseForLast) => {
    if (operator.role === role) return operator;
    refuseForLast();
    await updateOperator(tx.db, id, { role }, tx.clock.now());
    await recordAudit(tx, {
      action: 'operator.role_changed',
      subject: subjectOf(operator),
      before: { role: operator.role },
      after: { role },
    });
    return { ...operator, role };
  });
}

/**
 * Ends a person's access now: every session of theirs is gone with the same commit. Deactivating someone twice changes
 * nothing. Throws NotFound, Conflict `last_admin`, and Conflict `own_account` for oneself.
 */
export async function deactivateOperator(ctx: Context, id: string): Promise<Operator> {
  if (ctx.actor.id === id) throw new Conflict('own_account', 'You cannot deactivate yourself. Ask another admin.');
  return changeAccess(ctx, id, async (tx, operator, refuseForLast) => {
    if (!operator.active) return operator;
    refuseForLast();
    await updateOperator(tx.db, id, { active: false }, tx.clock.now());
    const endedSessions = await deleteSessionsOf(tx.db, id);
    await recordAudit(tx, {
      action: 'operator.deactivated',
      subject: subjectOf(operator),
      before: { active: true },
      after: { active: false, endedSessions },
    });
    return { ...operator, active: false };
  });
}

/** Lets a person in (again) with a new one-time password; what they knew and held before is worth nothing. */
export async function resetOperator(ctx: Context, id: string): Promise<Invitation> {
  const password = generatePassword();
  const passwordHash = await hashPassword(password);
  const operator = await changeOperator(ctx, id, async (tx, found) => {
    await updateOperator(tx.db, id, { active: true, mustChangePassword: true, passwordHash }, tx.clock.now());
    await deleteSessionsOf(tx.db, id);
    await recordAudit(tx, {
      action: 'operator.reset',
      subject: subjectOf(found),
      before: { active: found.active },
      after: { active: true, mustChangePassword: true },
    });
    return { ...found, active: true, mustChangePassword: true };
  });
  return { operator, password };
}

/** Runs `change` on the locked row. Throws NotFound `operator_not_found`. */
export async function changeOperator<T>(
  ctx: Context,
  id: string,
  change: (tx: Context, operator: Operator) => Promise<T>,
): Promise<T> {
  return withTransaction(ctx, async (tx) => {
    const operator = isId(id) ? await lockOperator(tx.db, id) : undefined;
    if (!operator) throw new NotFound('operator_not_found', 'There is no such operator.');
    return change(tx, operator);
  });
}

export function subjectOf({ id, email }: Operator): { type: 'operator'; id: string; label: string } {
  return { type: 'operator', id, label: email };
}

/** As {@link changeOperator}, with a function that throws Conflict `last_admin` when no other admin would be left. */
async function changeAccess(
  ctx: Context,
  id: string,
  change: (tx: Context, operator: Operator, refuseForLast: () => void) => Promise<Operator>,
): Promise<Operator> {
  return withTransaction(ctx, async (tx) => {
    // Before the person's own row and always in the same order: two admins who remove each other wait in line.
    const admins = await lockActiveAdmins(tx.db);
    return changeOperator(tx, id, (joined, operator) =>
      change(joined, operator, () => {
        if (admins.length === 1 && admins[0] === id)
          throw new Conflict('last_admin', 'This is the last active admin. Make someone else an admin first.');
      }),
    );
  });
}

function refuseTakenEmail(error: unknown): never {
  if (!isUniqueViolation(error, 'operators_by_email')) throw error;
  const message = 'Someone with this e-mail is already an operator.';
  throw new Conflict('email_taken', message, {
    cause: error,
    fields: [{ path: 'email', code: 'email_taken', message }],
  });
}
