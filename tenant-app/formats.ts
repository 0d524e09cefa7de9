import type { Locale } from '#platform/http/i18n.ts';

/**
 * Whatever language its pages are in, a store of this trade writes numbers in one way: what stands in a field and is typed
 * into it, and what is reckoned of it beside.
 */
const NUMBERS: Locale = 'pt-BR';

type Options = { locale: Locale; timezone: string; currency: string };

/** Measures as people write them; what is counted (`SC`, `UN`) reads as it is stored. */
const UNIT_SYMBOLS: Record<string, string> = { G: 'g', KG: 'kg', T: 't', M: 'm', M2: 'm²', M3: 'm³' };

export type Formats = ReturnType<typeof createFormats>;

/**
 * How this store writes money, quantities and times. Decimals arrive as strings and are formatted as strings: they never
 * pass through a binary float.
 */
export function createFormats({ locale, timezone, currency }: Options) {
  const money = new Intl.NumberFormat(NUMBERS, { style: 'currency', currency });
  const unitPrice = new Intl.NumberFormat(NUMBERS, { style: 'currency', currency, maximumFractionDigits: 4 });
  const quantity = new Intl.NumberFormat(NUMBERS, { maximumFractionDigits: 3 });
  const count = new Intl.NumberFormat(NUMBERS, { maximumFractionDigits: 0 });
  const at = (style: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { ...style, timeZone: timezone });
  const day = at({ day: '2-digit', month: '2-digit', year: 'numeric' });
  const dateTime = at({ day: '2-digit', month: '2-digit', year: 'numeric', hour: '2-digit', minute: '2-digit' });
  const time = at({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const calendarDay = new Intl.DateTimeFormat(locale, {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    timeZone: 'UTC',
  });
  return {
    /** "R$ 1.234,50" of "1234.50". */
    money: (amount: string) => money.format(amount as Intl.StringNumericLiteral),
    /** "R$ 0,0375" of "0.0375", "R$ 32,00" of "32.0000": prices of one unit may need four decimals. */
    unitPrice: (amount: string) => unitPrice.format(amount as Intl.StringNumericLiteral),
    /** "2,32" of "2.320". */
    quantity: (amount: string) => quantity.format(amount as Intl.StringNumericLiteral),
    /** "m³" of the code "M3". */
    unit: (code: string) => UNIT_SYMBOLS[code] ?? code,
    count: (amount: number) => count.format(amount),
    /** The store's day of an instant. */
    day: (instant: Date) => day.format(instant),
    dateTime: (instant: Date) => dateTime.format(instant),
    time: (instant: Date) => time.format(instant),
    /** "24/12/2026" of the date column "2026-12-24", which belongs to no zone. */
    calendarDay: (date: string) => calendarDay.format(new Date(`${date}T00:00:00Z`)),
  };
}
