import type { ErrorRequestHandler } from 'express';
import { NotPermitted } from '#platform/errors.ts';
import { isPartial } from '#platform/http/render.ts';
import type { StoreUser } from '#domain/construction/users/index.ts';

const PASSWORD_PATH = '/web/settings/password';
/** Signing out and the sheets that pages are drawn with need no session, so they are not asked here. */
const OPEN_WITHOUT_OWN_PASSWORD = new Set([PASSWORD_PATH, '/web/settings/preferences']);

/**
 * Somebody else knows a one-time password, so until it is replaced it opens nothing but its own replacement. Throws
 * NotPermitted `password_change_required`.
 */
export function requireOwnPassword(user: StoreUser, path: string): void {
  if (!user.mustChangePassword || OPEN_WITHOUT_OWN_PASSWORD.has(path)) return;
  throw new NotPermitted('password_change_required', 'Choose a password of your own first.');
}

/** Pages lead to where the password is chosen; programs are told why nothing answers them. */
export const ownPasswordFirst: ErrorRequestHandler = (thrown: unknown, req, res, next) => {
  const isAsked = thrown instanceof NotPermitted && thrown.code === 'password_change_required';
  if (!isAsked || !req.path.startsWith('/web/')) next(thrown);
  else if (isPartial(req)) res.status(403).set('HX-Redirect', PASSWORD_PATH).end();
  else res.redirect(303, PASSWORD_PATH);
};
