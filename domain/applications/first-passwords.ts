import { listUsers, resetPassword } from '#domain/construction/users/index.ts';
import { allowedActions, getTenant } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { getApplication, listCreatedStores } from './listings.ts';

/** Known here and nowhere else: show it once, write it nowhere. */
type FirstPassword = { slug: string; email: string; password: string };

/**
 * New one-time passwords for the first users of the stores that an application made, one after the other as they are
 * taken; those who have signed in, or whose store is not there yet, are left out. Each is reset and audited as a single one
 * is, and replaces the one before. Throws NotFound `application_not_found`.
 */
export async function* issueFirstPasswords(ctx: Context, applicationId: string): AsyncGenerator<FirstPassword> {
  const { id } = await getApplication(ctx, applicationId);
  for (const { tenantId, email } of await listCreatedStores(ctx, id)) {
    const { slug, status } = await getTenant(ctx, tenantId);
    if (!allowedActions(status).includes('manage_users')) continue;
    const user = (await listUsers(ctx, tenantId)).find((it) => it.email.toLowerCase() === email);
    if (!user?.active || !user.isInvited || user.lastLoginAt !== undefined) continue;
    const { password } = await resetPassword(ctx, tenantId, user.id);
    yield { slug, email: user.email, password };
  }
}
