import type { Request } from 'express';
import type { ConsoleContext } from '#console/context.ts';
import { keepSession } from '#console/middleware/session.ts';

declare module 'express-session' {
  interface SessionData {
    /** The one-time password of a store just made, sealed until its page is drawn. */
    firstPassword?: { tenantId: string; sealed: string };
  }
}

/** Keeps the password for the store's page, to which the browser is about to go: it can be shown there exactly once. */
export async function keepFirstPassword(
  ctx: ConsoleContext,
  req: Request,
  tenantId: string,
  password: string,
): Promise<void> {
  req.session.firstPassword = { tenantId, sealed: ctx.sealer.seal(password) };
  await keepSession(req);
}

/** The password kept for this store, which from now on is kept nowhere. */
export function takeFirstPassword(ctx: ConsoleContext, req: Request, tenantId: string): string | undefined {
  const kept = req.session.firstPassword;
  if (kept?.tenantId !== tenantId) return undefined;
  delete req.session.firstPassword;
  return ctx.sealer.unseal(kept.sealed);
}
