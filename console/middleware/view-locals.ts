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
      theme: themeOf(req),
      time: createTimeFormat(locale, 'UTC', () => clock.now()),
      environment: environmentOf(config.ENVIRONMENT_NAME),
      now: clock.now().toISOString(),
      csrfToken: '',
      operator: undefined,
      flash: undefined,
    });
    // The browser then says what its owner prefers before the first page is drawn, so nothing flashes.
    res.set({ 'Accept-CH': 'Sec-CH-Prefers-Color-Scheme', 'Critical-CH': 'Sec-CH-Prefers-Color-Scheme' });
    res.vary('Sec-CH-Prefers-Color-Scheme').vary('Cookie').vary('Accept-Language');
    next();
  };
}

/** The choice made here, else the system's, where the browser tells it. */
function themeOf(req: Request): 'light' | 'dark' {
  const chosen = /(?:^|;\s*)theme=(light|dark)/.exec(req.get('cookie') ?? '')?.[1];
  return (chosen ?? req.get('Sec-CH-Prefers-Color-Scheme')) === 'dark' ? 'dark' : 'light';
}

/** Nobody may mistake production for a place to try things. */
function environmentOf(name: string): { name: string; color: string } {
  if (/^prod/i.test(name)) return { name, color: 'red' };
  return { name, color: /^stag/i.test(name) ? 'yellow' : 'azure' };
}
