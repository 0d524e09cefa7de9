import type { ProcessReport, RedisReport, StreamReport } from '#domain/streams/index.ts';
import type { Locale, Translate } from '#platform/http/i18n.ts';
import { REFRESH_MS } from './live.ts';

type Words = { t: Translate; locale: Locale };
type Tile = { id: string; label: string; value: string; hint: string };

type ProcessView = {
  name: string;
  status: string;
  reason: string;
  detail: string | undefined;
  facts: string | undefined;
  instance: string;
  seenAt: Date | undefined;
  isStale: boolean;
};

export type StreamView = {
  id: string;
  name: string;
  status: string;
  verdict: string;
  asOf: Date;
  everySeconds: number;
  tiles: Tile[];
  processes: ProcessView[];
};

export function presentStreams(reports: readonly StreamReport[], words: Words): StreamView[] {
  return reports.map((report) => ({
    id: `stream-${report.group}`,
    name: `${report.stream} → ${report.group}`,
    status: report.status.toLowerCase(),
    verdict: verdictOf(report, words),
    asOf: report.asOf,
    everySeconds: REFRESH_MS / 1000,
    tiles: tilesOf(report, words),
    processes: [
      presentProcess(report.relay, words),
      presentProcess(report.engines, words),
      presentRedis(report.redis, words),
    ],
  }));
}

/** One sentence that answers the page's question. */
function verdictOf(report: StreamReport, { t, locale }: Words): string {
  const { backlog, oldestUnprocessedAgeMs = 0 } = report;
  if (backlog === 0) return t('streams:verdict_done');
  return t('streams:verdict_waiting', { count: backlog, age: duration(oldestUnprocessedAgeMs, locale) });
}

function tilesOf(report: StreamReport, { t, locale }: Words): Tile[] {
  const count = new Intl.NumberFormat(locale);
  const rate = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const perSecond = (value: number | undefined) =>
    value === undefined ? t('streams:unknown') : t('streams:per_second', { rate: rate.format(value) });
  const age = report.oldestUnprocessedAgeMs;
  const tile = (key: string, value: string, hint = t(`streams:${key}_hint`)) => ({
    id: `${report.group}-${key}`,
    label: t(`streams:${key}`),
    value,
    hint,
  });
  const unpublished = t('streams:backlog_hint', { count: report.unpublished });
  return [
    tile('oldest', age === undefined ? t('streams:nothing_waits') : duration(age, locale)),
    tile('backlog', count.format(report.backlog), unpublished),
    tile('drain', drainWords(report.drainMs, { t, locale })),
    tile('rate_in', perSecond(report.rates?.published)),
    tile('rate_out', perSecond(report.rates?.processed)),
    tile('published', count.format(report.published)),
    tile('processed', count.format(report.processed)),
    tile('dead_letters', count.format(report.deadLetters)),
  ];
}

function drainWords(ms: number | undefined, { t, locale }: Words): string {
  if (ms === undefined) return t('streams:unknown');
  if (ms === Infinity) return t('streams:growing');
  return ms === 0 ? t('streams:drained') : t('streams:about', { duration: duration(ms, locale) });
}

function presentProcess(report: ProcessReport, { t }: Words): ProcessView {
  const others = report.alive - 1;
  const reason = t(`streams:reason_${report.reason}`);
  return {
    name: t(`streams:process_${report.process}`),
    status: report.status.toLowerCase(),
    reason: others > 0 ? `${reason} · ${t('streams:standbys', { count: others })}` : reason,
    detail: report.detail,
    facts: undefined,
    instance: report.instance ?? t('streams:no_instance'),
    seenAt: report.beatAt,
    isStale: false,
  };
}

/** While Redis is away its last words stay on the page, marked as such. */
function presentRedis(
  { status, reason, detail, isStale, asOf, facts }: RedisReport,
  { t, locale }: Words,
): ProcessView {
  const count = new Intl.NumberFormat(locale);
  const number = (value: number | null | undefined) => (value == null ? t('streams:unknown') : count.format(value));
  return {
    name: 'Redis',
    status: status.toLowerCase(),
    reason: t(`streams:redis_${reason}`),
    detail,
    facts: t('streams:redis_facts', { entries: number(facts?.length), pending: number(facts?.pending) }),
    instance: '–',
    seenAt: asOf,
    isStale,
  };
}

/** "3 s", "1 min 5 s", "2 h 4 min": the two largest units that are not zero. */
function duration(ms: number, locale: Locale): string {
  const seconds = Math.round(ms / 1000);
  const parts = [
    ['day', Math.floor(seconds / 86_400)],
    ['hour', Math.floor(seconds / 3600) % 24],
    ['minute', Math.floor(seconds / 60) % 60],
    ['second', seconds % 60],
  ] as const;
  const shown = parts.filter(([, value]) => value > 0).slice(0, 2);
  const format = ([unit, value]: readonly [string, number]) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'narrow' }).format(value);
  return (shown.length > 0 ? shown : [parts[3]]).map(format).join(' ');
}
