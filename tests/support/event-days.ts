import { randomUUID } from 'node:crypto';
import { connected } from '#ops/local/roles.ts';

type Rows = <T = Record<string, unknown>>(sql: string, values?: unknown[]) => Promise<T[]>;

/** What {@link addEvent} puts into the database, and nothing of it when false. */
type EventState = {
  /** Of the row, as PostgreSQL reads it. */
  at: string;
  /** The mark of its processing. */
  isMarked?: boolean;
  /** The row of what is still to be settled. */
  pending?: 'waiting' | 'in_flight' | 'parked';
  letter?: 'dead' | 'replaying' | 'applied' | 'skipped';
};

export type EventDays = {
  rows: Rows;
  /** A day as `2026-10-01`, so many before today in UTC. */
  daysAgo(count: number): string;
  /** A partition of each kind for the day. */
  makeDay(day: string): Promise<void>;
  /** An event of any store, in the state wanted; returns its id. */
  addEvent(state: EventState): Promise<string>;
  /** Names of the partitions that there are, without the default ones. */
  partitions(): Promise<string[]>;
};

/** Events of days gone by, written as the superuser of a database that may write any moment. */
export function eventDaysOf({ superuserUrl }: { superuserUrl: string }): EventDays {
  const query: Rows = (sql, values = []) =>
    connected(superuserUrl, async (client) => (await client.query(sql, values)).rows as never);
  return {
    rows: query,
    daysAgo: (count) => new Date(Date.now() - count * 86_400_000).toISOString().slice(0, 10),
    async makeDay(day) {
      await query(`select events.make_day(kind, $1::date) from unnest(array['outbox', 'processed']) kind`, [day]);
    },
    addEvent: (state) => addEvent(query, state),
    async partitions() {
      const found = await query<{ name: string }>(
        `select inhrelid::regclass::text as name from pg_inherits
          where inhparent in ('events.outbox'::regclass, 'events.processed'::regclass)
            and inhrelid::regclass::text not like '%default' order by 1`,
      );
      return found.map(({ name }) => name);
    },
  };
}

async function addEvent(query: Rows, { at, isMarked = true, pending, letter }: EventState): Promise<string> {
  const [tenant, event] = [randomUUID(), randomUUID()];
  await query(
    `insert into events.outbox (event_id, tenant_id, type, schema_version, aggregate_type, aggregate_id, aggregate_version,
                                occurred_at, correlation_id, payload, created_at)
     values ($1, $2, 'sale_recorded', 1, 'order', gen_random_uuid(), 1, $3, 'c', '{}', $3::timestamptz)`,
    [event, tenant, at],
  );
  if (isMarked)
    await query(
      `insert into events.processed (consumer_group, tenant_id, event_id, event_day, outcome, processed_at)
       values ('engines', $1, $2, events.day_of($3::timestamptz), 'applied', $3::timestamptz)`,
      [tenant, event, at],
    );
  if (pending === undefined) await query('delete from events.pending where event_id = $1', [event]);
  else
    await query(
      `update events.pending set published_at = case when $2 <> 'waiting' then now() end,
              stream_id = case when $2 <> 'waiting' then '1-1' end, parked_reason = case when $2 = 'parked' then 'gap' end
        where event_id = $1`,
      [event, pending],
    );
  if (letter)
    await query(
      `insert into events.dead_letters (tenant_id, id, consumer_group, event_id, type, schema_version, occurred_at, correlation_id,
                                        payload, reason, error, attempts, worker, first_attempt_at, died_at, state, resolved_at)
       values ($1, gen_random_uuid(), 'engines', $2, 'sale_recorded', 1, now(), 'c', '{}', 'handler_failed', 'x', 5, 'w', now(),
               now(), $3, case when $3 in ('applied', 'skipped') then now() end)`,
      [tenant, event, letter],
    );
  return event;
}
