import type { Request, Response } from 'express';
import type { TokenClaims } from '#platform/auth/tokens.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { renderPage } from '#platform/http/render.ts';
import { findToken, verifyToken, type AuthContext } from './context.ts';

const LOGIN = '/auth/login';

/** Only asks: a picture or a link on another page must not be able to sign anybody out. */
export async function showLogout(ctx: AuthContext, req: Request, res: Response): Promise<void> {
  const claims = await findClaims(ctx, req);
  if (!claims) {
    res.redirect(303, LOGIN);
    return;
  }
  const t = res.locals.t as Translate;
  const title = t('auth:logout_title', { store: ctx.tenant.name });
  await renderPage(req, res, 'tenant-app/auth/logout', { title, csrfToken: ctx.csrf.of(claims.jti) });
}

export async function submitLogout(ctx: AuthContext, req: Request, res: Response): Promise<void> {
  const token = findToken(ctx, req);
  const claims = await findClaims(ctx, req);
  if (claims && token !== undefined) {
    if (ctx.cookie.read(req) === token) ctx.csrf.check(req, claims.jti);
    ctx.cookie.clear(res);
    await ctx.vertical.logout(ctx.caller, token);
  }
  ctx.cookie.clear(res);
  res.redirect(303, `${LOGIN}?signed_out`);
}

async function findClaims(ctx: AuthContext, req: Request): Promise<TokenClaims | undefined> {
  return verifyToken(ctx, findToken(ctx, req)).catch(() => undefined);
}
