import type { ErrorRequestHandler } from 'express';
import { NotAuthenticated } from '#platform/errors.ts';
import { isPartial, renderPage } from '#platform/http/render.ts';

/**
 * A session of store A on store B is no ordinary sign-out: the page says so with its true status instead of sending the
 * browser to a login page without a word.
 */
export const foreignSessions: ErrorRequestHandler = (thrown: unknown, req, res, next) => {
  const isForeign = thrown instanceof NotAuthenticated && thrown.code === 'session_of_another_store';
  if (!isForeign || isPartial(req) || !req.path.startsWith('/web/')) {
    next(thrown);
    return;
  }
  const title = res.locals.t('auth:foreign_title') as string;
  renderPage(req, res, 'tenant-app/auth/foreign-session', { title }, 401).catch(next);
};
