import { promisify } from 'node:util';
import type { Request, Response } from 'express';
import { signOut, type Operator } from '#domain/operators/index.ts';
import { RateLimited } from '#platform/errors.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { Translate } from '#platform/http/i18n.ts';
import type { ConsoleContext } from '#console/context.ts';
import { csrfTokenOf } from '#console/middleware/csrf.ts';
import { keepSession } from '#console/middleware/session.ts';
import type { Authenticator } from './authenticator.ts';
import { safeNext } from './next.ts';
import { rememberPreferences } from './preferences.ts';

export async function showLogin(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  if (ctx.operator) res.redirect(303, safeNext(req.query.next));
  else await drawLogin(req, res, {});
}

export const createLogin =
  (authenticator: Authenticator) =>
  async (_ctx: ConsoleContext, req: Request, res: Response): Promise<void> => {
    const t = res.locals.t as Translate;
    try {
      const operator = await authenticator.checkPassword(req, res);
      if (operator) await enter(req, res, operator);
      else await drawLogin(req, res, { error: t('sessions:refused'), status: 401 });
    } catch (error) {
      if (!(error instanceof RateLimited)) throw error;
      const minutes = Math.ceil((error.retryAfterSeconds ?? 0) / 60);
      res.set('Retry-After', String(error.retryAfterSeconds));
      await drawLogin(req, res, { error: t('sessions:throttled', { count: minutes }), status: 429 });
    }
  };

async function enter(req: Request, res: Response, operator: Operator): Promise<void> {
  // passport gives the session a new id here, so that one planted before sign-in is worth nothing after it.
  await promisify<Operator>(req.logIn.bind(req))(operator);
  rememberPreferences(res, operator);
  redirectAfterPost(req, res, safeNext((req.body as { next?: unknown }).next));
}

export async function destroySession(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await signOut(ctx, ctx.operator!, req.sessionID);
  await promisify(req.session.destroy.bind(req.session))();
  res.redirect(303, '/login');
}

async function drawLogin(req: Request, res: Response, { error, status = 200 }: { error?: string; status?: number }) {
  const body = (req.body ?? {}) as { email?: string; next?: unknown };
  res.locals.csrfToken = csrfTokenOf(req);
  // Before the page is sent: a form whose session could not be kept would be refused after the typing.
  await keepSession(req);
  const title = (res.locals.t as Translate)('sessions:title');
  const locals = { title, error, email: body.email ?? '', next: safeNext(body.next ?? req.query.next) };
  await renderPage(req, res, 'console/sessions/new', locals, status);
}
