import type { ProcessReport, RedisReport, StreamReport, WaitingReport } from '#domain/streams/index.ts';
import { REFRESH_MS } from './live.ts';
import { reasonWords } from './reasons.ts';
import { tablesOf, type TableView } from './tables.ts';
import { tilesOf, type Tile } from './tiles.ts';
import { countOr, duration, type Words } from './words.ts';

type ProcessView = {
  name: string;
  status: string;
  reason: string;
  warnings: string[];
  facts: string | undefined;
  instance: string;
  seenAt: Date | undefined;
  isStale: boolean;
};

type StreamView = {
  id: string;
  name: string;
  status: string;
  verdict: string;
  /** What to do about it. */ next: string;
  asOf: Date;
  everySeconds: number;
  /** What one looks for first. */ tiles: Tile[];
  moreTiles: Tile[];
  processes: ProcessView[];
  tables: TableView[];
};

/** How late, how much, until when, and both rates. */
const FIRST_TILES = 5;

/** What the screen is drawn from: all of it read at one time. */
export type Screen = { reports: readonly StreamReport[]; waiting: WaitingReport };

export function presentStreams({ reports, waiting }: Screen, words: Words): StreamView[] {
  return reports.map((report) => ({
    ...partTiles(tilesOf(report, words)),
    id: `stream-${report.group}`,
    name: `${report.stream} → ${report.group}`,
    status: report.status.toLowerCase(),
    verdict: verdictOf(report, words),
    next: words.t(`streams:next_${report.status.toLowerCase()}`),
    asOf: report.asOf,
    everySeconds: REFRESH_MS / 1000,
    processes: [
      presentProcess(report.relay, words),
      presentProcess(report.engines, words),
      presentRedis(report.redis, words),
    ],
    tables: tablesOf(report, waiting, words),
  }));
}

function partTiles(tiles: Tile[]): Pick<StreamView, 'tiles' | 'moreTiles'> {
  return { tiles: tiles.slice(0, FIRST_TILES), moreTiles: tiles.slice(FIRST_TILES) };
}

/** One sentence that answers the page's question. */
function verdictOf(report: StreamReport, { t, locale }: Words): string {
  const { backlog, oldestUnprocessedAgeMs = 0 } = report;
  if (backlog <= 0) return t('streams:verdict_done');
  return t('streams:verdict_waiting', { count: backlog, age: duration(oldestUnprocessedAgeMs, locale) });
}

function presentProcess(report: ProcessReport, words: Words): ProcessView {
  const { t } = words;
  const others = report.alive - 1;
  const reason = reasonWords(report, words);
  return {
    name: t(`streams:process_${report.process}`),
    status: report.status.toLowerCase(),
    reason: others > 0 ? `${reason} · ${t('streams:standbys', { count: others })}` : reason,
    warnings: report.warnings,
    facts: undefined,
    instance: report.instance ?? t('streams:no_instance'),
    seenAt: report.beatAt,
    isStale: false,
  };
}

/** While Redis is away its last words stay on the page, marked as such. */
function presentRedis({ status, reason, detail, isStale, asOf, facts }: RedisReport, words: Words): ProcessView {
  const { t } = words;
  const [entries, pending] = [countOr(facts?.length, words), countOr(facts?.pending, words)];
  return {
    name: 'Redis',
    status: status.toLowerCase(),
    reason: [t(`streams:redis_${reason}`), detail].filter(Boolean).join(': '),
    warnings: [],
    facts: t('streams:redis_facts', { entries, pending }),
    instance: '–',
    seenAt: asOf,
    isStale,
  };
}
