import type { ChildProcess } from 'node:child_process';
import pg from 'pg';
import { ignoreBecause } from '#platform/errors.ts';
import { eventually } from '#tests/support/eventually.ts';
import { kill } from '#tests/support/ops.ts';

/** Where a worker shall be killed: while it writes that a step got into this state, the write not yet committed. */
export type KillPoint = { position: number; status: string };

/** Any number; whoever reaches a kill point waits for it. */
const GATE = 4242;

/**
 * Gates in the test's own copy of the database: a worker that reaches the kill point of a job hangs there, in the middle of
 * its transaction, until it is killed. The product knows nothing of it.
 */
export async function openKillPoints(superuserUrl: string) {
  const gate = new pg.Client({ connectionString: superuserUrl });
  const client = new pg.Client({ connectionString: superuserUrl });
  for (const connection of [gate, client])
    connection.on('error', ignoreBecause('a suite that failed meanwhile has dropped the database'));
  await Promise.all([gate.connect(), client.connect()]);
  await client.query(INSTALL);
  await gate.query('select pg_advisory_lock($1)', [GATE]);

  return {
    async arm(jobId: string, { position, status }: KillPoint): Promise<void> {
      await client.query('insert into public.kill_points values ($1, $2, $3)', [jobId, position, status]);
    },
    /** Waits until the worker hangs at its kill point, and kills it as a power cut would. */
    async killThere(worker: ChildProcess): Promise<void> {
      await eventually(async () => (await client.query(HANGING)).rowCount, { timeoutMs: 60_000 });
      await kill(worker);
      // PostgreSQL would notice the dead client only at its next word to it, and hold the row until then.
      await client.query(`select pg_terminate_backend(pid) from (${HANGING}) hanging`);
      await client.query('delete from public.kill_points');
    },
    async close(): Promise<void> {
      await Promise.all([gate.end(), client.end()]);
    },
  };
}

const HANGING = `select pid from pg_stat_activity
                  where datname = current_database() and wait_event_type = 'Lock' and wait_event = 'advisory'`;

const INSTALL = `
  create table public.kill_points (job_id uuid, position int, status text);
  grant select on public.kill_points to public;
  create function public.wait_at_kill_point() returns trigger language plpgsql as $$
    declare
      wanted_job uuid; wanted_position int; wanted_status text;
    begin
      if tg_table_name = 'job_steps' then
        wanted_job := new.job_id; wanted_position := new.position; wanted_status := new.status;
      elsif tg_table_name = 'jobs' then
        wanted_job := new.id; wanted_position := 0; wanted_status := new.status;
      else
        select job_id into wanted_job from platform.edge_revisions where number = new.revision;
        wanted_position := 0; wanted_status := 'on disk';
      end if;
      if exists (select from public.kill_points k
                  where (k.job_id, k.position, k.status) = (wanted_job, wanted_position, wanted_status)) then
        perform pg_advisory_xact_lock(${GATE});
      end if;
      return new;
    end $$;
  create trigger wait_here before update of status on platform.job_steps
    for each row execute function public.wait_at_kill_point();
  create trigger wait_here before update of status on platform.jobs
    for each row when (new.status <> 'running') execute function public.wait_at_kill_point();
  create trigger wait_here before insert on platform.edge_files
    for each row execute function public.wait_at_kill_point()`;
