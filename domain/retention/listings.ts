import type { Context } from '#platform/context.ts';
import { DAY_KINDS, type DayKind, type KeptBecause, type KeptDay, type RetentionReport } from './types.ts';

type Row = {
  kind: DayKind;
  /** Null for a default partition, like all that follows from it. */
  day: string | null;
  days_ahead: number | null;
  bytes: string;
  about_rows: string | null;
  kept_because: KeptBecause[];
  droppable_at: Date | null;
};

/** What is kept of events, for how long, and what keeps it: some tens of partitions, of which hardly a row is read. */
export async function readRetention(ctx: Context): Promise<RetentionReport> {
  const [{ rows }, terms] = await Promise.all([ctx.db.raw<{ rows: Row[] }>(DAYS), readTerms(ctx)]);
  const missed = (kind: DayKind) => Number(rows.find((row) => row.kind === kind && row.day === null)?.about_rows ?? 0);
  return {
    asOf: ctx.clock.now(),
    ...terms,
    days: rows.filter((row) => row.days_ahead !== null && row.days_ahead <= 0).map(toDay),
    daysAhead: countAhead(rows),
    misplaced: { outbox: missed('outbox'), processed: missed('processed') },
  };
}

const DAYS = `
  select d.kind, d.day::text, d.day - events.day_of(clock_timestamp()) as days_ahead, d.bytes, d.about_rows,
         case when d.day is null then '{}' else events.why_kept(d.kind, d.day) end as kept_because,
         events.day_start(d.day + 1 + case d.kind when 'outbox' then r.outbox_days else r.marks_days end) as droppable_at
    from events.list_days() d cross join events.retention r order by d.day desc, d.kind`;

async function readTerms({ db }: Context): Promise<Pick<RetentionReport, 'terms' | 'droppedThrough'>> {
  const { rows } = await db.raw<{
    rows: { outbox_days: number; marks_days: number; dropped_through: string | null }[];
  }>('select outbox_days, marks_days, dropped_through::text from events.retention');
  const { outbox_days: outboxDays, marks_days: marksDays, dropped_through: droppedThrough } = rows[0]!;
  return { terms: { outboxDays, marksDays }, droppedThrough: droppedThrough ?? undefined };
}

/** Of a day without both of its partitions none after it counts: that one comes first. */
function countAhead(rows: readonly Row[]): number {
  const isMade = (ahead: number) =>
    DAY_KINDS.every((kind) => rows.some((row) => row.kind === kind && row.days_ahead === ahead));
  let count = 0;
  while (isMade(count)) count += 1;
  return count;
}

function toDay(row: Row): KeptDay {
  return {
    kind: row.kind,
    day: row.day!,
    bytes: Number(row.bytes),
    aboutRows: row.about_rows === null ? undefined : Number(row.about_rows),
    keptBecause: row.kept_because,
    droppableAt: row.droppable_at!,
  };
}
