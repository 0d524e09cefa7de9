import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { NotPermitted } from '#platform/errors.ts';

export type CsrfTokens = {
  /** The token that every form of this session carries. */
  of(sessionId: string): string;
  /** Throws NotPermitted when an unsafe request does not carry the token of its session. */
  check(req: Request, sessionId: string): void;
};

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Tokens made from the session, so that nothing is stored and both processes agree. Stores are same-site with one another:
 * without it, one store's page could post a form to another with the visitor's cookie.
 */
export function createCsrfTokens(secret: string): CsrfTokens {
  const of = (sessionId: string) => createHmac('sha256', `${secret}:csrf`).update(sessionId).digest('base64url');
  return {
    of,
    check(req, sessionId) {
      if (SAFE_METHODS.has(req.method)) return;
      const given = Buffer.from(req.get('X-CSRF-Token') ?? fieldOf(req.body));
      const wanted = Buffer.from(of(sessionId));
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
        throw new NotPermitted(
          'csrf_failed',
          'This form is too old or came from another site. Reload the page and send it again.',
        );
    },
  };
}

function fieldOf(body: unknown): string {
  const field = (body as Record<string, unknown> | undefined)?._csrf;
  return typeof field === 'string' ? field : '';
}
