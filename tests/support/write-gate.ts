import pg from 'pg';
import { ignoreBecause } from '#platform/errors.ts';

/** Any number; whoever reaches the gate waits for it. */
const GATE = 4711;

export type WriteGate = {
  /** Lets every transaction of the application hang at its n-th write, counted from 1; none when undefined. */
  hangAt(n: number | undefined): Promise<void>;
  /** Whether somebody hangs there now. */
  isReached(): Promise<boolean>;
  /** Ends what a killed process left hanging; PostgreSQL would notice it only at its next word to it. */
  clear(): Promise<void>;
  close(): Promise<void>;
};

/** Gates before each statement that writes to one of `tables`, in the test's own copy of the database. */
export async function openWriteGate(
  superuserUrl: string,
  { tables, application }: { tables: readonly string[]; application: string },
): Promise<WriteGate> {
  const gate = new pg.Client({ connectionString: superuserUrl });
  const client = new pg.Client({ connectionString: superuserUrl });
  for (const connection of [gate, client])
    connection.on('error', ignoreBecause('a suite that failed meanwhile has dropped the database'));
  await Promise.all([gate.connect(), client.connect()]);
  const triggers = tables.map(
    (table) => `create trigger hang_here before insert or update or delete on ${table}
                  for each statement execute function public.hang_at_write()`,
  );
  await client.query([INSTALL, ...triggers].join(';'));
  await gate.query('select pg_advisory_lock($1)', [GATE]);
  const hanging = `select pid from pg_stat_activity where datname = current_database()
                      and application_name = $1 and wait_event = 'advisory'`;
  return {
    async hangAt(n) {
      await client.query('truncate public.write_gate');
      if (n !== undefined) await client.query('insert into public.write_gate values ($1, $2)', [application, n]);
    },
    isReached: async () => ((await client.query(hanging, [application])).rowCount ?? 0) > 0,
    async clear() {
      await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name = $1`,
        [application],
      );
    },
    async close() {
      await Promise.all([gate.end(), client.end()]);
    },
  };
}

/** The count is of one transaction: a setting that ends with it. With its owner's rights, so that every role may pass. */
const INSTALL = `
  create table public.write_gate (application text, n int);
  create function public.hang_at_write() returns trigger language plpgsql security definer as $$
    declare
      this int := coalesce(nullif(current_setting('test.writes', true), '')::int, 0) + 1;
    begin
      perform set_config('test.writes', this::text, true);
      if exists (select from public.write_gate
                  where application = current_setting('application_name') and n = this) then
        perform pg_advisory_xact_lock(${GATE});
      end if;
      return null;
    end $$`;
