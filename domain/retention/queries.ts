import type { Db } from '#platform/db/index.ts';
import type { DayKind, KeptBecause, Terms } from './types.ts';

type Day = { kind: DayKind; day: string };

/** The database refuses terms by which marks would go before their events. */
export async function updateTerms(db: Db, { outboxDays, marksDays }: Terms): Promise<void> {
  await db('events.retention').update({ outbox_days: outboxDays, marks_days: marksDays });
}

/** Days up to `ahead` from today, by the database's clock, that have no partition. */
export async function listMissingDays(db: Db, ahead: number): Promise<Day[]> {
  const { rows } = await db.raw<{ rows: Day[] }>(
    `select k.kind, d.day::text
       from generate_series(0, ?::int) n
      cross join lateral (select events.day_of(clock_timestamp()) + n as day) d
      cross join unnest(array['outbox', 'processed']) as k (kind)
      where to_regclass(format('events.%s_%s', k.kind, to_char(d.day, 'YYYYMMDD'))) is null
      order by d.day, k.kind`,
    [ahead],
  );
  return rows;
}

/** Days of which the default partitions have rows, the oldest first. */
export async function listMisplacedDays(db: Db): Promise<Day[]> {
  const { rows } = await db.raw<{ rows: Day[] }>(
    `select kind, day::text from events.list_misplaced_days() order by day, kind`,
  );
  return rows;
}

/** With what the default partition has of the day. Throws what is transient when somebody kept the table busy. */
export async function makeDay(db: Db, { kind, day }: Day): Promise<void> {
  await db.raw('select events.make_day(?, ?::date)', [kind, day]);
}

/** Days whose term is over, the oldest first and events before their marks. */
export async function listOverdueDays(db: Db): Promise<Day[]> {
  const { rows } = await db.raw<{ rows: Day[] }>(
    `select d.kind, d.day::text
       from events.list_days() d cross join events.retention r
      where events.day_start(d.day + 1 + case d.kind when 'outbox' then r.outbox_days else r.marks_days end) <= clock_timestamp()
      order by d.day, d.kind`,
  );
  return rows;
}

/** What keeps a day although its term is over. */
export async function listReasons(db: Db, { kind, day }: Day): Promise<KeptBecause[]> {
  const { rows } = await db.raw<{ rows: { reasons: KeptBecause[] }[] }>(
    'select events.why_kept(?, ?::date) as reasons',
    [kind, day],
  );
  return rows[0]!.reasons;
}

/** Throws when the day must be kept after all, and what is transient when somebody kept the table busy. */
export async function dropDay(db: Db, { kind, day }: Day): Promise<void> {
  await db.raw('select events.drop_day(?, ?::date)', [kind, day]);
}
