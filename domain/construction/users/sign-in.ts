import { verifyPassword } from '#platform/auth/passwords.ts';
import type { LoginThrottle } from '#platform/auth/throttle.ts';
import type { Context } from '#platform/context.ts';
import { withTenant } from '#platform/db/index.ts';
import { NotAuthenticated } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { recordStoreAudit } from '#domain/construction/audit/index.ts';
import { findCredentials, insertSession, updateLastLogin, type Credentials } from './queries.ts';
import type { StoreUser } from './types.ts';

type SignIn = {
  tenantId: string;
  email: string;
  password: string;
  /** How long the session lives at most, in ms. */
  lifetimeMs: number;
  ip: string;
  userAgent: string | undefined;
};

export type StartedSession = {
  sessionId: string;
  user: StoreUser;
  tokenVersion: number;
  issuedAt: Date;
  expiresAt: Date;
};

const MAX_USER_AGENT = 300;

/**
 * Starts a session for whoever knows the password. An unknown address, a wrong password and a deactivated person get one
 * answer and take the same time: NotAuthenticated `wrong_credentials`. Too many tries throw RateLimited before anything is
 * looked at.
 */
export async function signIn(ctx: Context, throttle: LoginThrottle, input: SignIn): Promise<StartedSession> {
  const { tenantId, email, ip } = input;
  const account = `${tenantId}:${email}`;
  await throttle.attempt(account, ip);
  const credentials = await withTenant(ctx, tenantId, (tx) => findCredentials(tx.db, tenantId, email));
  // Outside a transaction: a hash takes a tenth of a second, and a connection must not wait for it.
  const isRight = await verifyPassword(credentials?.passwordHash, input.password);
  if (!credentials?.active || !isRight) {
    ctx.log.info({ tenantId, ip }, 'a sign-in was refused');
    throw new NotAuthenticated('wrong_credentials', 'The e-mail or the password is not right.');
  }
  await throttle.forgive(account, ip);
  return startSession(ctx, credentials, input);
}

type Account = {
  user: StoreUser;
  /** Whether they sign in with this one. No throttle guards it: it is for the set-up, {@link signIn} is for people. */
  hasPassword(password: string): Promise<boolean>;
};

/** The person of the store with this e-mail, undefined when there is none. */
export async function findAccount(ctx: Context, tenantId: string, email: string): Promise<Account | undefined> {
  const credentials = await withTenant(ctx, tenantId, (tx) => findCredentials(tx.db, tenantId, email));
  if (!credentials) return undefined;
  return {
    user: userOf(credentials),
    hasPassword: (password) => verifyPassword(credentials.passwordHash, password),
  };
}

function userOf({ id, email, name, role, mustChangePassword }: Credentials): StoreUser {
  return { id, email, name, role, mustChangePassword };
}

async function startSession(ctx: Context, who: Credentials, input: SignIn): Promise<StartedSession> {
  const { tenantId, ip } = input;
  const issuedAt = ctx.clock.now();
  const expiresAt = new Date(issuedAt.getTime() + input.lifetimeMs);
  const sessionId = newId();
  const actor = { kind: 'user' as const, id: who.id, label: who.email, ip };
  await withTenant({ ...ctx, actor }, tenantId, async (tx) => {
    const userAgent = input.userAgent?.slice(0, MAX_USER_AGENT) ?? null;
    await insertSession(tx.db, { tenantId, id: sessionId, userId: who.id, issuedAt, expiresAt, ip, userAgent });
    await updateLastLogin(tx.db, tenantId, who.id, issuedAt);
    await recordStoreAudit(tx, { action: 'session.started', entity: 'session', entityId: sessionId });
  });
  return { sessionId, user: userOf(who), tokenVersion: who.tokenVersion, issuedAt, expiresAt };
}
