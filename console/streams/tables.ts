import type { StreamReport, Waiting, WaitingReport } from '#domain/streams/index.ts';
import { reasonWords } from './reasons.ts';
import { countOr, delay, duration, type Words } from './words.ts';

/** What a cell shows: words, a status before them, a line below, or a time. */
type Cell = { text?: string; status?: string; note?: string | undefined; at?: Date; isStale?: boolean };
export type TableView = {
  id: string;
  title: string;
  note?: string;
  columns: string[];
  rows: Cell[][];
  empty: string;
  isWide: boolean;
};

export function tablesOf(report: StreamReport, waiting: WaitingReport, words: Words): TableView[] {
  return [
    waitingTable('tenants', waiting.tenants, waiting.asOf, words),
    waitingTable('types', waiting.types, waiting.asOf, words),
    deadLetterTable(report, words),
    shardTable(report, words),
    consumerTable(report, words),
  ];
}

/** Most and longest in one table: who is in either list, by what waits of it. */
function waitingTable(key: 'tenants' | 'types', waiting: Waiting, now: Date, words: Words): TableView {
  const { t, locale } = words;
  const counts = new Map(waiting.byBacklog.map((row) => [row.key, row]));
  const oldest = new Map(waiting.byAge.map((row) => [row.key, row]));
  const keys = [...new Set([...counts.keys(), ...oldest.keys()])];
  return {
    isWide: false,
    id: `waiting-${key}`,
    title: t(`streams:top_${key}`),
    ...(waiting.isEstimate && { note: t('streams:top_estimate') }),
    columns: [t(`streams:column_${key}`), t('streams:column_waits'), t('streams:column_oldest')],
    rows: keys.map((id) => {
      const [most, longest] = [counts.get(id), oldest.get(id)];
      const at = longest?.oldestAt ?? most!.oldestAt;
      const about = waiting.isEstimate && most ? '≈ ' : '';
      return [
        { text: (most ?? longest)!.label },
        { text: most ? about + countOr(most.count, words) : t('streams:below_top') },
        { text: duration(Math.max(0, now.getTime() - at.getTime()), locale) },
      ];
    }),
    empty: t('streams:nothing_waits'),
  };
}

function deadLetterTable({ deadLetterReasons }: StreamReport, words: Words): TableView {
  const { t } = words;
  return {
    isWide: false,
    id: 'dead-letters',
    title: t('streams:dead_letters_by_reason'),
    columns: [t('streams:column_reason'), t('streams:column_events'), t('streams:column_newest')],
    rows: deadLetterReasons.map(({ reason, count, newestAt }) => [
      { text: t(`streams:letter_${reason}`) },
      { text: countOr(count, words) },
      { at: newestAt },
    ]),
    empty: t('streams:no_dead_letters'),
  };
}

function shardTable({ shards }: StreamReport, words: Words): TableView {
  const { t, locale } = words;
  return {
    isWide: true,
    id: 'shards',
    title: t('streams:shards'),
    columns: [
      t('streams:column_shard'),
      t('streams:status'),
      t('streams:column_owner'),
      t('streams:column_in_flight'),
      t('streams:parked'),
      t('streams:oldest'),
    ],
    rows: shards.map((shard) => [
      { text: String(shard.shard) },
      { status: shard.status.toLowerCase(), note: reasonWords(shard, words) },
      { text: shard.owner ?? t('streams:nobody') },
      { text: countOr(shard.inFlight, words) },
      { text: countOr(shard.parked, words) },
      { text: shard.oldestAgeMs === undefined ? '–' : duration(shard.oldestAgeMs, locale) },
    ]),
    empty: t('streams:no_shards'),
  };
}

/** Redis' own view, beside ours: what it cannot know is unknown here, not zero. */
function consumerTable({ redis }: StreamReport, words: Words): TableView {
  const { t, locale } = words;
  const orUnknown = (ms: number | undefined) => (ms === undefined ? '–' : delay(ms, locale));
  const { isStale } = redis;
  return {
    isWide: true,
    id: 'consumers',
    title: t('streams:consumers'),
    note: t('streams:consumers_note', { lag: countOr(redis.facts?.lag, words) }),
    columns: [
      t('streams:column_consumer'),
      t('streams:column_shard'),
      t('streams:column_pending'),
      t('streams:column_deliveries'),
      t('streams:column_oldest_pending'),
      t('streams:column_idle'),
    ],
    rows: (redis.facts?.consumers ?? []).map((consumer) => [
      { text: consumer.name },
      { text: String(consumer.shard) },
      { text: countOr(consumer.pending, words), isStale },
      { text: consumer.pending === 0 ? '–' : countOr(consumer.deliveries, words), isStale },
      { text: orUnknown(consumer.oldestPendingMs), isStale },
      { text: orUnknown(consumer.idleMs), isStale },
    ]),
    empty: redis.facts ? t('streams:no_consumers') : t('streams:consumers_unknown'),
  };
}
