import type { Request, Response } from 'express';
import type { TokenClaims, TokenKeys } from '#platform/auth/tokens.ts';
import { createContext, type Context } from '#platform/context.ts';
import { NotAuthenticated } from '#platform/errors.ts';
import { isPartial } from '#platform/http/render.ts';
import type { Store } from '#domain/construction/store/index.ts';
import { resumeSession, type Permission, type StoreUser } from '#domain/construction/users/index.ts';
import type { SessionCookie } from '#tenant-app/auth/cookie.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { scopeIn } from '#tenant-app/guards.ts';
import { navigationFor } from '#tenant-app/layout/navigation.ts';
import type { CsrfTokens } from './csrf.ts';
import { requireOwnPassword } from './own-password.ts';
import { storeOf } from './store.ts';

type Parts = Pick<RequestContext, 'cursors' | 'throttle'> & {
  keys: TokenKeys;
  cookie: SessionCookie;
  csrf: CsrfTokens;
};

/** Makes the context of a request by a signed-in person. Throws NotAuthenticated when there is none. */
export function createRequestContexts(base: Context, parts: Parts) {
  return async (req: Request, res: Response): Promise<RequestContext> => {
    const store = storeOf(res);
    const requestId = res.locals.requestId as string;
    const log = base.log.child({ requestId, tenant: store.slug });
    const bearer = /^Bearer (\S+)$/.exec(req.get('Authorization') ?? '')?.[1];
    const { user, claims } = await authenticate(base, parts, {
      token: bearer ?? parts.cookie.read(req),
      store,
      isActivity: !(req.method === 'GET' && isPartial(req)),
    }).catch((error: unknown) => {
      // A cookie that opens nothing would only send the browser back and forth between login and dashboard.
      if (bearer === undefined && error instanceof NotAuthenticated) parts.cookie.clear(res);
      throw error;
    });
    // A Bearer token is sent by a program on purpose; only cookies travel without being asked.
    if (bearer === undefined) parts.csrf.check(req, claims.jti);
    requireOwnPassword(user, req.path);
    const actor = { kind: 'user' as const, id: user.id, label: user.email, ...(req.ip && { ip: req.ip }) };
    const ctx: RequestContext = {
      ...createContext({ ...base, log, requestId, actor }),
      tenantId: store.tenantId,
      store,
      user,
      sessionId: claims.jti,
      cursors: parts.cursors,
      throttle: parts.throttle,
    };
    // A counter is shared: after signing out, nobody may page back into what was on the screen.
    res.set('Cache-Control', 'no-store');
    setPageLocals(req, res, ctx, parts.csrf);
    return ctx;
  };
}

type Visit = { token: string | undefined; store: Store; isActivity: boolean };

async function authenticate(
  base: Context,
  { keys }: Parts,
  { token, store, isActivity }: Visit,
): Promise<{ user: StoreUser; claims: TokenClaims }> {
  if (token === undefined) throw new NotAuthenticated();
  const claims = await keys.verify(token, base.clock.now());
  // The two must agree: the host says which store is meant, the token says for which one it was given.
  if (claims.tslug !== store.slug || claims.tenant_id !== store.tenantId)
    throw new NotAuthenticated('session_of_another_store', 'This session belongs to another store. Sign in here.');
  const { jti: sessionId, ver: tokenVersion } = claims;
  const user = await resumeSession(base, { tenantId: store.tenantId, sessionId, tokenVersion, isActivity });
  return { user, claims };
}

/** What every page of a signed-in person may draw with. */
function setPageLocals(req: Request, res: Response, ctx: RequestContext, csrf: CsrfTokens): void {
  const can = (permission: Permission) => scopeIn(ctx, permission) !== undefined;
  res.locals.layout = 'layouts/store';
  res.locals.user = ctx.user;
  res.locals.csrfToken = csrf.of(ctx.sessionId);
  res.locals.can = can;
  // Until the password is one's own, every section would only lead back here.
  res.locals.navigation = ctx.user.mustChangePassword ? [] : navigationFor(req.path, can);
}
