import type { Request, RequestHandler } from 'express';
import { LOCALES, type Locale, type Translate } from '#platform/http/i18n.ts';
import type { Store } from '#domain/construction/store/index.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;

/** Shops of this trade are Brazilian: the browser's language does not decide, only the person's own choice does. */
const DEFAULT_LOCALE: Locale = 'pt-BR';

/**
 * What every template may use: `t`, `locale`, `theme`. Mounted before the store is known, so that even a refusal speaks the
 * right language, and again after it.
 */
export function pageLocals(translate: (locale: Locale) => Translate): RequestHandler {
  return (req, res, next) => {
    const store = res.locals.store as Store | undefined;
    const locale = chosen(req, 'lang', LOCALES) ?? LOCALES.find((l) => l === store?.locale) ?? DEFAULT_LOCALE;
    res.locals.locale = locale;
    res.locals.t = translate(locale);
    res.locals.theme = chosen(req, 'theme', THEMES) ?? 'auto';
    next();
  };
}

function chosen<T extends string>(req: Request, cookie: string, allowed: readonly T[]): T | undefined {
  const value = new RegExp(`(?:^|;\\s*)${cookie}=([\\w-]+)`).exec(req.get('cookie') ?? '')?.[1];
  return allowed.find((option) => option === value);
}
