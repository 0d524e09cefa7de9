import { csrfSync } from 'csrf-sync';
import type { Request, RequestHandler } from 'express';

const TOKEN_BYTES = 32;

const { csrfSynchronisedProtection, generateToken } = csrfSync({
  size: TOKEN_BYTES,
  getTokenFromRequest: (req) => (req.body as { _csrf?: string } | undefined)?._csrf ?? req.get('X-CSRF-Token'),
});

/** Refuses an unsafe request that does not carry the token of its session. */
export const csrfProtection: RequestHandler = csrfSynchronisedProtection;

/** The token of this session. Making one starts a session, so only pages with a form ask for it. */
export function csrfTokenOf(req: Request): string {
  return generateToken(req);
}
