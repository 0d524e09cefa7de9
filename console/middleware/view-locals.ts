import type { Request, RequestHandler } from 'express';
import { createTranslator, localeOf } from '#platform/http/i18n.ts';
import { createTimeFormat } from '#platform/http/time-format.ts';
import type { ConsoleParts } from '#console/context.ts';
import { consoleTexts } from '#console/texts.ts';

/**
 * What every template may use. It needs no session and no database, so that an error page can be drawn when both are
 * away; until someone is known to be signed in, pages are drawn in the bare layout.
 */
export function viewLocals({ config, clock }: Pick<ConsoleParts, 'config' | 'clock'>): RequestHandler {
  const translator = createTranslator(consoleTexts);
  return (req, res, next) => {
    const locale = localeOf(req, 'en');
    Object.assign(res.locals, {
      layout: 'layouts/bare',
      locale,
      t: translator(locale),
      ...themeOf(req),
      time: createTimeFormat(locale, 'UTC', () => clock.now()),
      environment: environmentOf(config.ENVIRONMENT_NAME),
      now: () => clock.now().toISOString(),
      csrfToken: '',
      operator: undefined,
      flash: undefined,
    });
    // Browsers that can then say what their owner prefers; for the others, and for a first page, theme.js asks.
    res.set({ 'Accept-CH': 'Sec-CH-Prefers-Color-Scheme', 'Critical-CH': 'Sec-CH-Prefers-Color-Scheme' });
    res.vary('Sec-CH-Prefers-Color-Scheme').vary('Cookie').vary('Accept-Language');
    next();
  };
}

/** The choice made here, `auto` when none was, and what it comes to as far as the browser tells. */
function themeOf(req: Request): { themeChoice: string; theme: 'light' | 'dark' } {
  const chosen = /(?:^|;\s*)theme=(light|dark)/.exec(req.get('cookie') ?? '')?.[1];
  const theme = (chosen ?? req.get('Sec-CH-Prefers-Color-Scheme')) === 'dark' ? 'dark' : 'light';
  return { themeChoice: chosen ?? 'auto', theme };
}

/** Nobody may mistake production for a place to try things. */
function environmentOf(name: string): { name: string; color: string } {
  if (/^prod/i.test(name)) return { name, color: 'red' };
  return { name, color: /^stag/i.test(name) ? 'yellow' : 'azure' };
}
