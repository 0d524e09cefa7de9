import { daysLeft, nextToExpire, type InventoryLine, type Sample } from '#domain/droplets/index.ts';
import type { Locale, Translate } from '#platform/http/i18n.ts';
import { trendOf, type Trend } from './trend.ts';

export type Words = { t: Translate; locale: Locale; now: Date };

/** One figure as a row and a page show it; `ratio` fills a meter, `status` is set when it is no good. */
export type Figure = {
  label: string;
  value: string;
  hint: string | undefined;
  ratio: number | undefined;
  status: 'warn' | 'failed' | undefined;
  trend: (Trend & { label: string }) | undefined;
};

/** Where a figure turns from good to worth a look; the alerts have laws of their own (domain/droplets/policy.ts). */
const HIGH = { load: 2, memory: 0.95, disk: 0.9 };

/** Load, memory and disk: the figures that have a trend. */
export function measuresOf(line: InventoryLine, words: Words): Figure[] {
  const { t, locale } = words;
  const figures = line.facts.status?.figures;
  const { load, cores, loadPerCore, memoryTotal, memoryUsed, diskTotal, diskUsed } = figures ?? {};
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const percent = (value: number) => share.format(value);
  const of = (total: number | undefined) =>
    total === undefined ? undefined : t('droplets:of', { total: bytes(total, locale) });
  const perCore = (value: number) => t('droplets:per_core', { load: number.format(value) });
  const figure = (name: keyof typeof HIGH, valueOf: (sample: Sample) => number | undefined, it: Measure) =>
    toFigure(name, { ...it, trend: trendOf(line.samples, valueOf, { now: words.now, top: 1 }) }, t);
  return [
    figure('load', (sample) => sample.loadPerCore, {
      value: loadPerCore,
      text: load === undefined ? undefined : number.format(load),
      hint: cores === undefined ? undefined : t('droplets:cores', { count: cores }),
      inWords: perCore,
    }),
    figure('memory', (sample) => sample.memoryUsed, {
      value: memoryUsed,
      text: memoryUsed === undefined ? undefined : percent(memoryUsed),
      hint: of(memoryTotal),
      inWords: percent,
    }),
    figure('disk', (sample) => sample.diskUsed, {
      value: diskUsed,
      text: diskUsed === undefined ? undefined : percent(diskUsed),
      hint: of(diskTotal),
      inWords: percent,
    }),
  ];
}

type Measure = {
  value: number | undefined;
  text: string | undefined;
  hint: string | undefined;
  inWords: (value: number) => string;
};

function toFigure(
  name: keyof typeof HIGH,
  { value, text, hint, inWords, trend }: Measure & { trend: Trend | undefined },
  t: Translate,
): Figure {
  const words = trend && t('droplets:trend', { low: inWords(trend.low), high: inWords(trend.high) });
  return {
    label: t(`droplets:${name}`),
    value: text ?? t('droplets:unknown'),
    hint,
    ratio: value === undefined ? undefined : Math.min(1, value),
    status: value !== undefined && value > HIGH[name] ? 'warn' : undefined,
    trend: trend && words ? { ...trend, label: words } : undefined,
  };
}

/** How far its clock is off, and how sure that is. */
export function clockFigure({ facts, verdict }: InventoryLine, { t, locale }: Words): Figure {
  const skew = facts.status?.skew;
  const seconds = (ms: number, display: 'always' | 'auto') =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: 'second',
      maximumFractionDigits: 1,
      signDisplay: display,
    }).format(ms / 1000);
  const isWithin = skew && Math.abs(skew.skewMs) <= skew.uncertaintyMs;
  return {
    ...EMPTY,
    label: t('droplets:clock'),
    value: skew ? (isWithin ? t('droplets:clock_right') : seconds(skew.skewMs, 'always')) : t('droplets:unknown'),
    hint: skew && t('droplets:clock_unsure', { seconds: seconds(skew.uncertaintyMs, 'auto') }),
    status: verdict.reasons.includes('clock_off') ? 'warn' : undefined,
  };
}

/** The certificate that ends first, of machines that have any. */
export function certificateFigure({ facts, verdict, droplet }: InventoryLine, { t, now }: Words): Figure {
  const label = t('droplets:certificate');
  if (droplet.role !== 'edge') return { ...EMPTY, label, value: t('droplets:none_needed') };
  if (!facts.certificates?.known) return { ...EMPTY, label, value: t('droplets:unknown') };
  const soonest = nextToExpire(facts.certificates.value);
  if (!soonest) return { ...EMPTY, label, value: t('droplets:no_certificate') };
  const days = daysLeft(soonest.expiresAt, now);
  const isExpired = verdict.reasons.includes('certificate_expired');
  return {
    ...EMPTY,
    label,
    value: isExpired ? t('droplets:expired') : t('droplets:days_left', { count: days }),
    hint: soonest.subject || soonest.file,
    status: isExpired ? 'failed' : verdict.reasons.includes('certificate_expiring') ? 'warn' : undefined,
  };
}

const EMPTY = { hint: undefined, ratio: undefined, status: undefined, trend: undefined };

/** `3.8 GiB`, in powers of 1024 as machines count them. */
export function bytes(count: number, locale: Locale): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, count)) / 10));
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: power < 2 ? 0 : 1 });
  return `${number.format(count / 1024 ** power)} ${units[power]}`;
}
