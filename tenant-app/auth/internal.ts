import type { Express, Request, Response } from 'express';
import { z } from 'zod';
import type { LoginThrottle } from '#platform/auth/throttle.ts';
import { createContext, type Context } from '#platform/context.ts';
import { NotAuthenticated } from '#platform/errors.ts';
import { parseInput } from '#platform/http/parse.ts';
import { everyone, mountRoutes, post } from '#platform/http/routes.ts';
import { permissionsOf, resumeSession, signIn, signOut } from '#domain/construction/users/index.ts';
import type { AppParts } from '#tenant-app/context.ts';
import { storeOf } from '#tenant-app/middleware/store.ts';

const credentials = z.object({ email: z.string().trim().min(1).max(254), password: z.string().min(1).max(1000) });
const sessionToken = z.object({ token: z.string().min(1).max(4000) });

/**
 * What the auth process asks of this one, which has the database. Behind the edge's secret like everything here, and the
 * edge routes nothing below /internal.
 */
export function mountInternalAuth(app: Express, base: Context, parts: AppParts & { throttle: LoginThrottle }): void {
  const { config, keys, throttle } = parts;
  const lifetimeMs = config.ACCESS_TOKEN_EXPIRE_MINUTES * 60_000;

  const login = async (ctx: Context, req: Request, res: Response) => {
    const { email, password } = parseInput(credentials, req.body);
    const store = storeOf(res);
    const session = await signIn(ctx, throttle, {
      tenantId: store.tenantId,
      email,
      password,
      lifetimeMs,
      ip: req.ip ?? 'unknown',
      userAgent: req.get('User-Agent'),
    });
    const token = await keys.sign({
      sub: session.user.id,
      tenant_id: store.tenantId,
      email: session.user.email,
      role: session.user.role,
      jti: session.sessionId,
      tslug: store.slug,
      ver: session.tokenVersion,
      iat: Math.floor(session.issuedAt.getTime() / 1000),
      exp: Math.floor(session.expiresAt.getTime() / 1000),
    });
    res.json({ access_token: token, token_type: 'bearer', expires_in: lifetimeMs / 1000 });
  };

  const logout = async (ctx: Context, req: Request, res: Response) => {
    const claims = await keys.verify(parseInput(sessionToken, req.body).token, ctx.clock.now());
    const { tenantId } = storeOf(res);
    if (claims.tenant_id === tenantId) {
      const actor = { kind: 'user' as const, id: claims.sub, label: claims.email, ...(req.ip && { ip: req.ip }) };
      await signOut({ ...ctx, actor }, { tenantId, sessionId: claims.jti });
    }
    res.status(204).end();
  };

  const session = async (ctx: Context, req: Request, res: Response) => {
    const claims = await keys.verify(parseInput(sessionToken, req.body).token, ctx.clock.now());
    const { tenantId, slug, name, settings } = storeOf(res);
    if (claims.tenant_id !== tenantId) throw new NotAuthenticated();
    const user = await resumeSession(ctx, {
      tenantId,
      sessionId: claims.jti,
      tokenVersion: claims.ver,
      isActivity: false,
    });
    res.json({ ...user, tenant: { slug, name }, permissions: permissionsOf(user.role, settings) });
  };

  mountRoutes(
    app,
    [
      post('/internal/auth/login', everyone, login),
      post('/internal/auth/logout', everyone, logout),
      post('/internal/auth/session', everyone, session),
    ],
    (_req, res) => createContext({ ...base, requestId: res.locals.requestId as string }),
  );
}
