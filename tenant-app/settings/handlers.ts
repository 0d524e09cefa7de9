import type { Request, Response } from 'express';
import { parseInput } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { changePassword, type PasswordRefusal } from '#domain/construction/users/index.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { passwordForm, preferencesForm } from './forms.ts';

const YEAR_MS = 365 * 24 * 60 * 60_000;

export async function showPreferences(_ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const title = translator(res)('settings:preferences_title');
  await renderPage(req, res, 'tenant-app/settings/preferences', { title, isSaved: 'saved' in req.query });
}

export function savePreferences(_ctx: RequestContext, req: Request, res: Response): void {
  const { lang, theme } = parseInput(preferencesForm, req.body);
  const options = { maxAge: YEAR_MS, sameSite: 'lax', path: '/' } as const;
  res.cookie('lang', lang, options).cookie('theme', theme, options);
  redirectAfterPost(req, res, '/web/settings/preferences?saved');
}

export async function showPassword(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const title = passwordTitle(ctx, translator(res));
  const isChanged = 'changed' in req.query;
  await renderPage(req, res, 'tenant-app/settings/password', { title, isChanged, refusal: undefined });
}

export async function changeOwnPassword(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const refusal = await changePassword(ctx, ctx.throttle, parseInput(passwordForm, req.body));
  if (!refusal) {
    // Who had to choose one was on the way in: the store opens.
    redirectAfterPost(req, res, ctx.user.mustChangePassword ? '/web/dashboard' : '/web/settings/password?changed');
    return;
  }
  const t = translator(res);
  const locals = { title: passwordTitle(ctx, t), isChanged: false, refusal: present(refusal, t) };
  await renderPage(req, res, 'tenant-app/settings/password', locals, 422);
}

function passwordTitle({ user }: RequestContext, t: Translate): string {
  return t(user.mustChangePassword ? 'settings:one_time_title' : 'settings:password_title');
}

function present({ field, problem }: PasswordRefusal, t: Translate) {
  return { field, message: t(`settings:${field}_${problem}`) };
}

function translator(res: Response): Translate {
  return res.locals.t as Translate;
}
