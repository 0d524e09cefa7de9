import type { RequestHandler } from 'express';
import { isPartial } from '#platform/http/render.ts';
import { navigationFor } from '#console/navigation.ts';
import { csrfTokenOf } from './csrf.ts';
import { takeFlash } from './flash.ts';

/** From here on pages are drawn for the person who is signed in. */
export const operatorLocals: RequestHandler = (req, res, next) => {
  if (req.user) {
    // The back button must not show the console to whoever sits down after a sign-out.
    res.set('Cache-Control', 'no-store');
    Object.assign(res.locals, {
      layout: 'layouts/console',
      operator: req.user,
      navigation: navigationFor(req.path),
      csrfToken: csrfTokenOf(req),
      flash: takeFlash(req),
    });
  }
  next();
};

const PASSWORD_PATH = '/password';
const OPEN_WITHOUT_OWN_PASSWORD = new Set([PASSWORD_PATH, '/logout', '/preferences']);

/** Somebody else knows a one-time password, so until it is replaced there is one page only. */
export const ownPasswordFirst: RequestHandler = (req, res, next) => {
  if (!req.user?.mustChangePassword || OPEN_WITHOUT_OWN_PASSWORD.has(req.path)) next();
  else if (isPartial(req)) res.status(403).set('HX-Redirect', PASSWORD_PATH).end();
  else res.redirect(303, PASSWORD_PATH);
};
