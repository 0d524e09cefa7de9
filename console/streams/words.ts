import type { Locale, Translate } from '#platform/http/i18n.ts';

export type Words = { t: Translate; locale: Locale };

/** "3 s", "1 min 5 s", "2 h 4 min": the two largest units that are not zero. */
export function duration(ms: number, locale: Locale): string {
  const seconds = Math.round(ms / 1000);
  const parts = [
    ['day', Math.floor(seconds / 86_400)],
    ['hour', Math.floor(seconds / 3600) % 24],
    ['minute', Math.floor(seconds / 60) % 60],
    ['second', seconds % 60],
  ] as const;
  const first = parts.findIndex(([, value]) => value > 0);
  const shown = first < 0 ? [parts[3]] : parts.slice(first, first + 2).filter(([, value]) => value > 0);
  return shown.map(([unit, value]) => inUnit(value, unit, locale)).join(' ');
}

/** "4 ms", "250 ms", "1.2 s", and as {@link duration} from a minute on. */
export function delay(ms: number, locale: Locale): string {
  if (ms < 1000) return inUnit(ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms), 'millisecond', locale);
  return ms < 60_000 ? inUnit(Math.round(ms / 100) / 10, 'second', locale) : duration(ms, locale);
}

export function megabytes(bytes: number, locale: Locale): string {
  const value = Math.round((bytes / 2 ** 20) * 10) / 10;
  return new Intl.NumberFormat(locale, { style: 'unit', unit: 'megabyte', unitDisplay: 'short' }).format(value);
}

/** Never a number for what nobody knows. */
export function countOr(value: number | null | undefined, { t, locale }: Words): string {
  return value == null ? t('streams:unknown') : new Intl.NumberFormat(locale).format(value);
}

export function perSecond(value: number | undefined, { t, locale }: Words): string {
  if (value === undefined) return t('streams:unknown');
  return t('streams:per_second', { rate: new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value) });
}

function inUnit(value: number, unit: string, locale: Locale): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'narrow' }).format(value);
}
