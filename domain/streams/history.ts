import type { Context } from '#platform/context.ts';
import { percentilesBetween, sumDelays } from './delays.ts';
import { listHistory, listMarks, type HistoryRow, type Mark } from './history-listings.ts';
import { RELAY_STAGE } from './readings.ts';

export const HISTORY_RANGES = ['1h', '24h', '7d', '30d'] as const;
export type HistoryRange = (typeof HISTORY_RANGES)[number];

/** `span`: of the readings to take; `step`: of the points made of them, so that a chart has some 300 of them. Seconds. */
const RANGES: Record<HistoryRange, { length: number; span: number; step: number }> = {
  '1h': { length: 3600, span: 5, step: 10 },
  '24h': { length: 86_400, span: 60, step: 300 },
  '7d': { length: 7 * 86_400, span: 900, step: 1800 },
  '30d': { length: 30 * 86_400, span: 900, step: 7200 },
};

/** One moment of the past; undefined where nobody was there to count. Rates are events per second since the point before. */
export type HistoryPoint = {
  at: Date;
  in: number | undefined;
  out: number | undefined;
  /** The highest of its time, of the stages together, parked events not among them. */
  backlog: number;
  oldestAgeMs: number;
  /** From commit to effect, of what was done since the point before. */
  effectP95Ms: number | undefined;
};

export type History = { range: HistoryRange; stepSeconds: number; points: HistoryPoint[]; marks: Mark[] };

/** How one stream was, the oldest first. */
export async function readHistory(ctx: Context, stream: string, range: HistoryRange): Promise<History> {
  const { length, span, step } = RANGES[range];
  const [rows, marks] = await Promise.all([
    listHistory(ctx.db, { stream, span, step, length }),
    listMarks(ctx.db, stream, length),
  ]);
  const moments = [...Map.groupBy(rows, ({ at }) => at.getTime()).values()].map(toMoment);
  return {
    range,
    stepSeconds: step,
    points: moments.map((moment, index) => toPoint(moment, moments[index - 1])),
    marks,
  };
}

type Moment = Pick<HistoryPoint, 'at' | 'backlog' | 'oldestAgeMs'> & {
  readAt: Date;
  committed: number;
  processed: number;
  delays: number[];
};

function toMoment(rows: HistoryRow[]): Moment {
  const relay = rows.filter(({ group }) => group === RELAY_STAGE);
  const groups = rows.filter(({ group }) => group !== RELAY_STAGE);
  const sum = (list: HistoryRow[], key: 'published' | 'processed' | 'backlog') =>
    list.reduce((total, row) => total + row[key], 0);
  return {
    at: rows[0]!.at,
    readAt: rows[0]!.readAt,
    committed: sum(relay, 'published'),
    processed: sum(groups, 'processed'),
    backlog: Math.max(0, sum(rows, 'backlog')),
    oldestAgeMs: Math.max(...rows.map(({ oldestAgeMs }) => oldestAgeMs)),
    delays: sumDelays(groups.map(({ delays }) => delays)),
  };
}

function toPoint(moment: Moment, before: Moment | undefined): HistoryPoint {
  const { at, backlog, oldestAgeMs } = moment;
  const seconds = before && (moment.readAt.getTime() - before.readAt.getTime()) / 1000;
  const perSecond = (newer: number, older: number | undefined) =>
    seconds === undefined || older === undefined || newer < older ? undefined : (newer - older) / seconds;
  return {
    at,
    in: perSecond(moment.committed, before?.committed),
    out: perSecond(moment.processed, before?.processed),
    backlog,
    oldestAgeMs,
    effectP95Ms: before && percentilesBetween(before.delays, moment.delays)?.p95,
  };
}
