import type { RequestHandler } from 'express';
import type { Clock } from '#platform/clock.ts';
import type { Locale } from '#platform/http/i18n.ts';
import { createTimeFormat } from '#platform/http/time-format.ts';
import { createFormats, type Formats } from '#tenant-app/formats.ts';
import { storeOf } from './store.ts';

type StoreFormats = { format: Formats; time: ReturnType<typeof createTimeFormat> };

/**
 * Gives templates `format` and `time` as this store and this person write them. Made once per combination: an Intl object
 * costs more than the page that uses it.
 */
export function storeFormats(clock: Clock): RequestHandler {
  const made = new Map<string, StoreFormats>();
  return (_req, res, next) => {
    const { timezone, currency } = storeOf(res);
    const locale = res.locals.locale as Locale;
    const key = `${locale} ${timezone} ${currency}`;
    const formats = made.get(key) ?? {
      format: createFormats({ locale, timezone, currency }),
      time: createTimeFormat(locale, timezone, () => clock.now()),
    };
    made.set(key, formats);
    Object.assign(res.locals, formats);
    next();
  };
}
