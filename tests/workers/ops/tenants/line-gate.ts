import type { ChildProcess } from 'node:child_process';
import pg from 'pg';
import { ignoreBecause } from '#platform/errors.ts';
import { eventually } from '#tests/support/eventually.ts';
import { kill } from '#tests/support/ops.ts';

export type LineGate = Awaited<ReturnType<typeof openLineGate>>;

/** Any number; whoever writes the outcome of an armed line waits for it. */
const GATE = 4243;

/**
 * A gate in the test's own copy of the database: whoever writes the outcome of the armed line hangs there, the store made
 * and nothing committed yet, until it is killed or let go.
 */
export async function openLineGate(superuserUrl: string) {
  const keeper = new pg.Client({ connectionString: superuserUrl });
  const client = new pg.Client({ connectionString: superuserUrl });
  for (const connection of [keeper, client])
    connection.on('error', ignoreBecause('a suite that failed meanwhile has dropped the database'));
  await Promise.all([keeper.connect(), client.connect()]);
  await client.query(INSTALL);

  const reached = () => eventually(async () => (await client.query(HANGING)).rowCount, { timeoutMs: 60_000 });
  const letGo = async () => {
    await client.query('delete from public.armed_lines');
    await keeper.query('select pg_advisory_unlock_all()');
  };
  return {
    async arm(position: number): Promise<void> {
      await keeper.query('select pg_advisory_lock($1)', [GATE]);
      await client.query('insert into public.armed_lines values ($1)', [position]);
    },
    reached,
    letGo,
    /** Waits until the worker hangs, and kills it as a power cut would. */
    async killThere(worker: ChildProcess): Promise<void> {
      await reached();
      await kill(worker);
      // PostgreSQL would notice the dead client only at its next word to it, and hold the row until then.
      await client.query(`select pg_terminate_backend(pid) from (${HANGING}) hanging`);
      await letGo();
    },
    async close(): Promise<void> {
      await Promise.all([keeper.end(), client.end()]);
    },
  };
}

const HANGING = `select pid from pg_stat_activity
                  where datname = current_database() and wait_event_type = 'Lock' and wait_event = 'advisory'`;

const INSTALL = `
  create table public.armed_lines (position int);
  grant select on public.armed_lines to public;
  create function public.wait_at_line() returns trigger language plpgsql as $$
    begin
      if exists (select from public.armed_lines a where a.position = new.position) then
        perform pg_advisory_xact_lock(${GATE});
      end if;
      return new;
    end $$;
  create trigger wait_here before update of outcome on platform.application_lines
    for each row execute function public.wait_at_line()`;
