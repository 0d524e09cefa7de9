import { HISTORY_RANGES, type History, type HistoryPoint, type HistoryRange } from '#domain/streams/index.ts';
import { countOr, delay, duration, perSecond, type Words } from './words.ts';

/** Of a table that people read; the chart has them all. */
const ROWS = 24;
/** A chart is drawn again when it is twice as old as this. Units: s. */
const EVERY_SECONDS = 10;

export type HistoryView = {
  range: HistoryRange;
  ranges: { range: HistoryRange; label: string; isCurrent: boolean }[];
  asOf: Date;
  everySeconds: number;
  /** For the chart, as JSON: columns of numbers, null where nothing is known, and what it is to say. */
  points: string;
  isEmpty: boolean;
  rows: { at: Date; backlog: string; age: string; in: string; out: string; effect: string }[];
  marks: { at: Date; kind: string; by: string; note: string }[];
};

export function presentHistory(history: History, asOf: Date, words: Words): HistoryView {
  const { t } = words;
  const every = Math.max(1, Math.ceil(history.points.length / ROWS));
  const fromEnd = history.points.toReversed();
  return {
    range: history.range,
    ranges: HISTORY_RANGES.map((range) => ({
      range,
      label: t(`streams:range_${range}`),
      isCurrent: range === history.range,
    })),
    asOf,
    everySeconds: EVERY_SECONDS,
    points: JSON.stringify(chartOf(history, words)),
    isEmpty: history.points.length < 2,
    rows: fromEnd.filter((_, index) => index % every === 0).map((point) => toRow(point, words)),
    marks: history.marks
      .map(({ at, kind, by, note }) => ({ at, kind: t(`streams:mark_${kind}`), by, note }))
      .toReversed(),
  };
}

function toRow(point: HistoryPoint, words: Words): HistoryView['rows'][number] {
  const { locale } = words;
  return {
    at: point.at,
    backlog: countOr(point.backlog, words),
    age: point.oldestAgeMs === 0 ? '–' : duration(point.oldestAgeMs, locale),
    in: perSecond(point.in, words),
    out: perSecond(point.out, words),
    effect: point.effectP95Ms === undefined ? '–' : delay(point.effectP95Ms, locale),
  };
}

/** Times in seconds, as uPlot takes them. */
function chartOf({ points, marks }: History, { t }: Words): object {
  const column = (of: (point: HistoryPoint) => number | undefined) => points.map((point) => round(of(point)));
  return {
    time: t('streams:column_at'),
    at: points.map(({ at }) => at.getTime() / 1000),
    charts: [
      {
        title: t('streams:chart_backlog'),
        unit: '',
        series: [{ label: t('streams:backlog'), values: column((p) => p.backlog) }],
      },
      {
        title: t('streams:chart_rates'),
        unit: '/s',
        series: [
          { label: t('streams:rate_in'), values: column((p) => p.in) },
          { label: t('streams:rate_out'), values: column((p) => p.out) },
        ],
      },
      {
        title: t('streams:chart_age'),
        unit: ' s',
        series: [
          { label: t('streams:oldest'), values: column((p) => p.oldestAgeMs / 1000) },
          { label: t('streams:chart_effect'), values: column((p) => p.effectP95Ms && p.effectP95Ms / 1000) },
        ],
      },
    ],
    marks: marks.map(({ at, kind }) => ({ at: at.getTime() / 1000, label: t(`streams:mark_${kind}`) })),
  };
}

function round(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 1000) / 1000;
}
