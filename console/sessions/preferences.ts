import type { Request, Response } from 'express';
import { z } from 'zod';
import { THEMES, updateProfile, type Operator } from '#domain/operators/index.ts';
import { LOCALES } from '#platform/http/i18n.ts';
import { parseInput } from '#platform/http/parse.ts';
import type { ConsoleContext } from '#console/context.ts';
import { safeNext } from './next.ts';

const input = z.object({
  theme: z.enum(THEMES).optional(),
  locale: z.enum(LOCALES).optional(),
  next: z.unknown(),
});

const ONE_YEAR_MS = 365 * 24 * 3_600_000;

/** Language and theme also work before sign-in and on error pages, hence cookies: they need no database to be read. */
export function rememberPreferences(res: Response, { theme, locale }: Partial<Pick<Operator, 'theme' | 'locale'>>) {
  const options = { maxAge: ONE_YEAR_MS, sameSite: 'lax', path: '/' } as const;
  if (theme === 'auto') res.clearCookie('theme', { path: '/' });
  else if (theme) res.cookie('theme', theme, options);
  if (locale) res.cookie('lang', locale, options);
}

export async function savePreferences(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { next, theme, locale } = parseInput(input, req.body);
  const chosen = { ...(theme && { theme }), ...(locale && { locale }) };
  if (ctx.operator) await updateProfile(ctx, ctx.operator.id, chosen);
  rememberPreferences(res, chosen);
  res.redirect(303, safeNext(next));
}
