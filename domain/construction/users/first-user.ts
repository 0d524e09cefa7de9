import type { Context } from '#platform/context.ts';
import { withTenant } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { recordStoreAudit } from '#domain/construction/audit/index.ts';
import { deleteUsers, findUserId, insertUser } from './queries.ts';

type FirstUser = {
  tenantId: string;
  name: string;
  email: string;
  /** argon2id, in PHC form: the password itself never travels through a job. */
  passwordHash: string;
  /** True for a one-time password: it opens nothing but the page on which it is replaced. */
  mustChangePassword: boolean;
};

/**
 * Gives a new store its administrator. Returns the id; doing it again changes nothing and
 * returns the same one, so that an interrupted onboarding can go on.
 */
export async function createFirstUser(
  ctx: Context,
  { tenantId, name, email, passwordHash, mustChangePassword }: FirstUser,
): Promise<string> {
  return withTenant(ctx, tenantId, async (tx) => {
    const existing = await findUserId(tx.db, tenantId, email);
    if (existing) return existing;
    const id = newId();
    const at = tx.clock.now();
    await insertUser(tx.db, { tenantId, id, email, name, role: 'admin', passwordHash, mustChangePassword, at });
    await recordStoreAudit(tx, {
      action: 'user.created',
      entity: 'user',
      entityId: id,
      after: { email, name, role: 'admin' },
    });
    return id;
  });
}

/** Takes back {@link createFirstUser} when an onboarding fails. A store in which anyone worked refuses by its foreign keys. */
export async function removeUsers(ctx: Context, tenantId: string): Promise<void> {
  await withTenant(ctx, tenantId, (tx) => deleteUsers(tx.db, tenantId));
}
