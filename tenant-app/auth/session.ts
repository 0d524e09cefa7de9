import type { Request, Response } from 'express';
import { sendThemeSheet } from '#tenant-app/theme-sheet.ts';
import { findToken, verifyToken, type AuthContext } from './context.ts';

/** Who I am, what I may do, in which store. */
export async function me(ctx: AuthContext, req: Request, res: Response): Promise<void> {
  const { user } = await liveSession(ctx, req);
  res.set('Cache-Control', 'no-store').json(user);
}

/** The claims of a token whose session lives, for other services. */
export async function validate(ctx: AuthContext, req: Request, res: Response): Promise<void> {
  const { claims } = await liveSession(ctx, req);
  res.set('Cache-Control', 'no-store').json(claims);
}

export function showTheme({ tenant }: AuthContext, req: Request, res: Response): void {
  const { primary_color: primaryColor, secondary_color: secondaryColor, theme_version: version } = tenant;
  sendThemeSheet(req, res, { primaryColor, secondaryColor, version });
}

/** Forged and expired tokens are refused here, for nothing; whether a good one was revoked, the store's app knows. */
async function liveSession(ctx: AuthContext, req: Request) {
  const token = findToken(ctx, req);
  const claims = await verifyToken(ctx, token);
  return { claims, user: await ctx.vertical.session(ctx.caller, token!) };
}
