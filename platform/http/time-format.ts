import type { Locale } from './i18n.ts';

/** A moment as templates show it: the words people read first, the exact time behind them, the machine's form. */
type ShownTime = { iso: string; relative: string; exact: string };

const UNITS = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
  { unit: 'second', ms: 1000 },
] as const;

/**
 * Shows moments relative to `now` in a language. The exact time is in `timeZone`; a browser with scripts shows it in its
 * own zone and keeps the relative words true while the page stays open.
 */
export function createTimeFormat(locale: Locale, timeZone: string, now: () => Date): (at: Date) => ShownTime {
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long', timeZone });
  return (at) => {
    const elapsedMs = at.getTime() - now().getTime();
    const { unit, ms } = UNITS.find((step) => Math.abs(elapsedMs) >= step.ms) ?? UNITS[3];
    return {
      iso: at.toISOString(),
      relative: relative.format(Math.trunc(elapsedMs / ms), unit),
      exact: exact.format(at),
    };
  };
}
