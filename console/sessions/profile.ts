import type { Request, Response } from 'express';
import { z } from 'zod';
import { THEMES, updateProfile } from '#domain/operators/index.ts';
import { LOCALES, type Translate } from '#platform/http/i18n.ts';
import { readForm } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { rememberPreferences } from './preferences.ts';

const input = (t: Translate) =>
  z.object({
    name: z
      .string()
      .trim()
      .min(1, { error: t('sessions:name_needed') })
      .max(120, { error: t('sessions:name_too_long') }),
    locale: z.enum(LOCALES),
    theme: z.enum(THEMES),
  });

export async function showProfile(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await draw(ctx, req, res, { values: { ...ctx.operator }, errors: {} });
}

export async function saveProfile(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const form = readForm(input(t), req.body);
  if (!form.ok) {
    await draw(ctx, req, res, form, 422);
    return;
  }
  await updateProfile(ctx, ctx.operator!.id, form.value);
  rememberPreferences(res, form.value);
  await setFlash(req, { tone: 'success', text: t('sessions:profile_saved') });
  redirectAfterPost(req, res, '/profile');
}

type Form = { values: Record<string, unknown>; errors: object };

async function draw(ctx: ConsoleContext, req: Request, res: Response, form: Form, status = 200): Promise<void> {
  const title = (res.locals.t as Translate)('sessions:profile');
  const locals = { title, ...form, email: ctx.operator!.email, role: ctx.operator!.role };
  await renderPage(req, res, 'console/sessions/profile', locals, status);
}
