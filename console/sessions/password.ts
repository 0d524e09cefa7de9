import { promisify } from 'node:util';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { changePassword } from '#domain/operators/index.ts';
import type { FieldError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';

const input = z.object({
  current: z.string().catch(''),
  password: z.string().catch(''),
  repeated: z.string().catch(''),
});

export async function showPassword(_ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await draw(req, res, {});
}

export async function savePassword(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const { current, password, repeated } = input.parse(req.body ?? {});
  const refusal =
    password === repeated
      ? await changePassword(ctx, ctx.throttle, { operator: ctx.operator!, current, password, keepSid: req.sessionID })
      : ({ field: 'repeated', code: 'not_the_same' } as const);
  if (refusal) {
    const message = t(`sessions:${refusal.code}`);
    await draw(req, res, { [refusal.field]: { path: refusal.field, code: refusal.code, message } }, 422);
    return;
  }
  await renameSession(req);
  await setFlash(req, { tone: 'success', text: t('sessions:password_changed') });
  redirectAfterPost(req, res, '/');
}

/** Whoever holds a copy of this session's cookie is what a new password is often about: the id they know opens nothing more. */
async function renameSession(req: Request): Promise<void> {
  const signInAgain = (done: (error: unknown) => void) =>
    req.logIn(req.user!, { session: true, keepSessionInfo: true }, done);
  await promisify(signInAgain)();
}

async function draw(req: Request, res: Response, errors: Record<string, FieldError>, status = 200): Promise<void> {
  const { mustChangePassword } = req.user!;
  const title = (res.locals.t as Translate)(
    mustChangePassword ? 'sessions:choose_password' : 'sessions:change_password',
  );
  if (mustChangePassword) res.locals.layout = 'layouts/bare';
  await renderPage(req, res, 'console/sessions/password', { title, errors, mustChangePassword }, status);
}
