import type { Context } from '#platform/context.ts';
import { withTenant } from '#platform/db/index.ts';
import { NotAuthenticated } from '#platform/errors.ts';
import { recordStoreAudit } from '#domain/construction/audit/index.ts';
import { findLiveSession } from './listings.ts';
import { revokeSession, touchSession } from './queries.ts';
import type { StoreUser } from './types.ts';

/** A session nobody used for this long is over, even when its token is still good. */
const IDLE_MS = 8 * 60 * 60_000;
/** How exact "last used" is: one write per session in this time, not one per request. */
const TOUCH_EVERY_MS = 5 * 60_000;

type SessionClaim = {
  tenantId: string;
  sessionId: string;
  tokenVersion: number;
  /** False for requests that a page makes by itself: a screen left open is not someone at work. */
  isActivity: boolean;
};

/**
 * The person behind a session, read from the database at each request: signing out, a changed role and a deactivated
 * person work at once, in every process. Throws NotAuthenticated `session_over` when there is none.
 */
export async function resumeSession(ctx: Context, claim: SessionClaim): Promise<StoreUser> {
  const { tenantId, sessionId } = claim;
  const now = ctx.clock.now();
  return withTenant(ctx, tenantId, async (tx) => {
    const session = await findLiveSession(tx.db, { tenantId, sessionId, now });
    const idleMs = session ? now.getTime() - session.lastSeenAt.getTime() : 0;
    if (!session || session.tokenVersion !== claim.tokenVersion || idleMs > IDLE_MS)
      throw new NotAuthenticated('session_over', 'Your session is over. Sign in to go on.');
    if (claim.isActivity && idleMs > TOUCH_EVERY_MS) await touchSession(tx.db, tenantId, sessionId, now);
    return session.user;
  });
}

/** Ends a session. Ending one that is over already is no error. The actor of `ctx` is the person who signs out. */
export async function signOut(ctx: Context, session: { tenantId: string; sessionId: string }): Promise<void> {
  const { tenantId, sessionId } = session;
  await withTenant(ctx, tenantId, async (tx) => {
    if (await revokeSession(tx.db, tenantId, sessionId, tx.clock.now()))
      await recordStoreAudit(tx, { action: 'session.ended', entity: 'session', entityId: sessionId });
  });
}
