import type { StreamReport } from '#domain/streams/index.ts';
import { countOr, delay, duration, megabytes, perSecond, type Words } from './words.ts';

export type Tile = { id: string; label: string; value: string; hint: string; isStale: boolean };

/** The figures, the one that matters most at night first. */
export function tilesOf(report: StreamReport, words: Words): Tile[] {
  const { t, locale } = words;
  const { oneMinute, fiveMinutes } = report.rates;
  const age = report.oldestUnprocessedAgeMs;
  const rateHint = (rate: number | undefined) => t('streams:rate_hint', { rate: perSecond(rate, words) });
  const tile = (key: string, value: string, hint: string, isStale = false): Tile => ({
    id: `${report.group}-${key}`,
    label: t(`streams:${key}`),
    value,
    hint,
    isStale,
  });
  return [
    tile('oldest', age === undefined ? t('streams:nothing_waits') : duration(age, locale), t('streams:oldest_hint')),
    tile('backlog', countOr(report.backlog, words), t('streams:backlog_hint', { count: report.unpublished })),
    tile('drain', drainWords(report.drain, words), drainHint(report.drain, words)),
    tile('rate_in', perSecond(oneMinute?.in, words), rateHint(fiveMinutes?.in)),
    tile('rate_out', perSecond(oneMinute?.out, words), rateHint(fiveMinutes?.out)),
    tile('publish_delay', ...delayWords(report.delays.publish, words)),
    tile('effect_delay', ...delayWords(report.delays.effect, words)),
    tile('parked', countOr(total(report.parked), words), parkedHint(report, words)),
    tile('dead_letters', countOr(report.deadLetters, words), t('streams:dead_letters_hint')),
    memoryTile(report, words, tile),
    tile('transaction', ...transactionWords(report, words)),
    tile('dead_tuples', countOr(report.database.deadTuples, words), t('streams:dead_tuples_hint')),
    tile('published', countOr(report.published, words), t('streams:published_hint')),
    tile('processed', countOr(report.processed, words), t('streams:processed_hint')),
  ];
}

function total(parked: StreamReport['parked']): number {
  return parked.reduce((sum, { events }) => sum + events, 0);
}

function drainWords(drain: StreamReport['drain'], { t, locale }: Words): string {
  if (!drain) return t('streams:unknown');
  if (drain.likely === Infinity) return t('streams:growing');
  return drain.likely === 0 ? t('streams:drained') : t('streams:about', { duration: duration(drain.likely, locale) });
}

function drainHint(drain: StreamReport['drain'], { t, locale }: Words): string {
  if (!drain || drain.worst === 0 || drain.best === Infinity) return t('streams:drain_hint');
  const words = (ms: number) => (ms === Infinity ? t('streams:never') : duration(ms, locale));
  return t('streams:drain_range', { best: words(drain.best), worst: words(drain.worst) });
}

function delayWords(delays: StreamReport['delays']['effect'], { t, locale }: Words): [value: string, hint: string] {
  if (!delays) return ['–', t('streams:delay_none')];
  const { p50, p95, p99 } = delays;
  return [delay(p95, locale), t('streams:delay_hint', { p50: delay(p50, locale), p99: delay(p99, locale) })];
}

function parkedHint({ parked }: StreamReport, words: Words): string {
  if (parked.length === 0) return words.t('streams:parked_none');
  return parked
    .map(({ reason, events }) => `${words.t(`streams:parked_${reason}`)}: ${countOr(events, words)}`)
    .join(' · ');
}

function memoryTile(
  { redis, asOf }: StreamReport,
  { t, locale }: Words,
  tile: (key: string, value: string, hint: string, isStale?: boolean) => Tile,
): Tile {
  const { memory } = redis;
  if (!memory) return tile('memory', t('streams:unknown'), t('streams:memory_never'));
  const { usedBytes, maxBytes, hoursToFull } = memory;
  const used = megabytes(usedBytes, locale);
  const value =
    maxBytes === 0 ? used : t('streams:memory_of', { percent: Math.round((100 * usedBytes) / maxBytes), used });
  return tile('memory', value, hint(), redis.isStale);

  function hint(): string {
    if (redis.isStale)
      return t('streams:memory_stale', { age: duration(asOf.getTime() - memory!.asOf.getTime(), locale) });
    if (maxBytes === 0) return t('streams:memory_unlimited');
    if (hoursToFull === undefined) return t('streams:memory_unknown', { max: megabytes(maxBytes, locale) });
    if (hoursToFull === Infinity) return t('streams:memory_steady', { max: megabytes(maxBytes, locale) });
    return t('streams:memory_full_in', {
      max: megabytes(maxBytes, locale),
      time: duration(hoursToFull * 3_600_000, locale),
    });
  }
}

function transactionWords({ database }: StreamReport, { t, locale }: Words): [value: string, hint: string] {
  const oldest = database.oldestTransaction;
  if (!oldest) return [t('streams:transaction_none'), t('streams:transaction_hint')];
  const by = oldest.holder || t('streams:unknown');
  return [t('streams:at_least', { duration: duration(oldest.ageMs, locale) }), t('streams:transaction_of', { by })];
}
