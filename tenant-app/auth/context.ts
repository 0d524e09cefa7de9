import type { Request, Response } from 'express';
import type { TokenClaims, TokenKeys } from '#platform/auth/tokens.ts';
import type { Clock } from '#platform/clock.ts';
import { NotFound, Unavailable, NotAuthenticated } from '#platform/errors.ts';
import type { CsrfTokens } from '#tenant-app/middleware/csrf.ts';
import type { SessionCookie } from './cookie.ts';
import { findTenantFile, type TenantFile } from './tenant-file.ts';
import type { Caller, Vertical } from './vertical.ts';

type Shared = { keys: TokenKeys; vertical: Vertical; clock: Clock; cookie: SessionCookie; csrf: CsrfTokens };

/** What every handler of the auth process takes first. */
export type AuthContext = Shared & { tenant: TenantFile; caller: Caller };

const RETRY_SUSPENDED_SECONDS = 3600;

/** Makes the context of a request: which store the edge says it is for, and on whose behalf. */
export function createAuthContexts(directory: string, shared: Shared) {
  return async (req: Request, res: Response): Promise<AuthContext> => {
    const slug = req.get('X-Tenant-Slug') ?? '';
    const tenant = await findTenantFile(directory, slug);
    if (!tenant) throw new NotFound('unknown_store', 'There is no store at this address.');
    res.locals.brand = {
      name: tenant.name,
      logoUrl: tenant.logo_url,
      themeHref: `/auth/theme.css?v=${tenant.theme_version}`,
    };
    if (tenant.status === 'suspended')
      throw new Unavailable('store_suspended', 'This store is suspended.', {
        retryAfterSeconds: RETRY_SUSPENDED_SECONDS,
      });
    const requestId = res.locals.requestId as string;
    return {
      ...shared,
      tenant,
      caller: { slug, ip: req.ip ?? '0.0.0.0', userAgent: req.get('User-Agent'), requestId },
    };
  };
}

/** The token of a request, by header or cookie. */
export function findToken(ctx: AuthContext, req: Request): string | undefined {
  return /^Bearer (\S+)$/.exec(req.get('Authorization') ?? '')?.[1] ?? ctx.cookie.read(req);
}

/** The claims of a token of this very store. Throws NotAuthenticated for any other. */
export async function verifyToken(ctx: AuthContext, token: string | undefined): Promise<TokenClaims> {
  if (token === undefined) throw new NotAuthenticated();
  const claims = await ctx.keys.verify(token, ctx.clock.now());
  if (claims.tslug !== ctx.tenant.slug)
    throw new NotAuthenticated('session_of_another_store', 'This session belongs to another store. Sign in here.');
  return claims;
}
