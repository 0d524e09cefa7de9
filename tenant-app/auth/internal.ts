import type { Express, Request, Response } from 'express';
import { z } from 'zod';
import type { LoginThrottle } from '#platform/auth/throttle.ts';
import type { TokenClaims, TokenKeys } from '#platform/auth/tokens.ts';
import { createContext, type Context } from '#platform/context.ts';
import { NotAuthenticated } from '#platform/errors.ts';
import { parseInput } from '#platform/http/parse.ts';
import { everyone, mountRoutes, post } from '#platform/http/routes.ts';
import {
  permissionsOf,
  resumeSession,
  signIn,
  signOut,
  type StartedSession,
} from '#domain/construction/users/index.ts';
import type { Store } from '#domain/construction/store/index.ts';
import type { AppParts } from '#tenant-app/context.ts';
import { storeOf } from '#tenant-app/middleware/store.ts';

/** A program asks, nobody is signed in: the context of the request and what sign-in needs besides. */
type InternalContext = Context & { keys: TokenKeys; throttle: LoginThrottle; lifetimeMs: number };

/**
 * What the auth process asks of this one, which has the database. Behind the edge's secret like everything here, and the
 * edge routes nothing below /internal.
 */
export function mountInternalAuth(app: Express, base: Context, parts: AppParts & { throttle: LoginThrottle }): void {
  const { config, keys, throttle } = parts;
  const lifetimeMs = config.ACCESS_TOKEN_EXPIRE_MINUTES * 60_000;
  mountRoutes<InternalContext>(
    app,
    [
      post('/internal/auth/login', everyone, login),
      post('/internal/auth/logout', everyone, logout),
      post('/internal/auth/session', everyone, session),
    ],
    (_req, res) => {
      const requestId = res.locals.requestId as string;
      return { ...createContext({ ...base, requestId }), keys, throttle, lifetimeMs };
    },
  );
}

const credentials = z.object({ email: z.string().trim().min(1).max(254), password: z.string().min(1).max(1000) });

async function login(ctx: InternalContext, req: Request, res: Response): Promise<void> {
  const { throttle, keys, lifetimeMs } = ctx;
  const store = storeOf(res);
  const started = await signIn(ctx, throttle, {
    ...parseInput(credentials, req.body),
    tenantId: store.tenantId,
    lifetimeMs,
    ip: req.ip ?? 'unknown',
    userAgent: req.get('User-Agent'),
  });
  const token = await keys.sign(claimsOf(started, store));
  res.json({ access_token: token, token_type: 'bearer', expires_in: lifetimeMs / 1000 });
}

function claimsOf(started: StartedSession, { tenantId, slug }: Store): TokenClaims {
  const { user, sessionId, tokenVersion, issuedAt, expiresAt } = started;
  return {
    sub: user.id,
    tenant_id: tenantId,
    email: user.email,
    role: user.role,
    jti: sessionId,
    tslug: slug,
    ver: tokenVersion,
    iat: Math.floor(issuedAt.getTime() / 1000),
    exp: Math.floor(expiresAt.getTime() / 1000),
  };
}

async function logout(ctx: InternalContext, req: Request, res: Response): Promise<void> {
  const claims = await claimsIn(ctx, req);
  const { tenantId } = storeOf(res);
  if (claims.tenant_id === tenantId) {
    const actor = { kind: 'user' as const, id: claims.sub, label: claims.email, ...(req.ip && { ip: req.ip }) };
    await signOut({ ...ctx, actor }, { tenantId, sessionId: claims.jti });
  }
  res.status(204).end();
}

async function session(ctx: InternalContext, req: Request, res: Response): Promise<void> {
  const claims = await claimsIn(ctx, req);
  const { tenantId, slug, name, settings } = storeOf(res);
  if (claims.tenant_id !== tenantId) throw new NotAuthenticated();
  const named = { tenantId, sessionId: claims.jti, tokenVersion: claims.ver };
  const user = await resumeSession(ctx, { ...named, isActivity: false });
  res.json({ ...user, tenant: { slug, name }, permissions: permissionsOf(user.role, settings) });
}

const sessionToken = z.object({ token: z.string().min(1).max(4000) });

function claimsIn({ keys, clock }: InternalContext, req: Request): Promise<TokenClaims> {
  return keys.verify(parseInput(sessionToken, req.body).token, clock.now());
}
