import { runMigrations } from 'graphile-worker';
import pg from 'pg';
import { ignoreBecause } from '#platform/errors.ts';

/**
 * Installs or upgrades graphile-worker's own schema as `bc_owner` and opens it to `bc_console`, the role of the console
 * and the ops worker. The library enables row security on its private tables so that only their owner may use them;
 * the policies make that one more role, which is less than making a service own a schema.
 */
export async function installQueue(url: string): Promise<void> {
  const pgPool = new pg.Pool({ connectionString: url, options: '-c role=bc_owner', max: 1 });
  // A lost connection is reported by the query that needs it; without listeners it would end the process instead.
  const reported = ignoreBecause('the query that needs the connection fails with the same reason');
  pgPool.on('error', reported);
  pgPool.on('connect', (client) => client.on('error', reported));
  try {
    await runMigrations({ pgPool });
    await pgPool.query(GRANTS);
  } finally {
    await pgPool.end();
  }
}

const GRANTS = `
  grant usage on schema graphile_worker to bc_console, bc_backup;
  grant select, insert, update, delete on all tables in schema graphile_worker to bc_console;
  grant select on all tables in schema graphile_worker to bc_backup;
  grant usage, select on all sequences in schema graphile_worker to bc_console;
  grant execute on all functions in schema graphile_worker to bc_console;
  do $$
  declare
    queue_table regclass;
  begin
    for queue_table in select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
                        where n.nspname = 'graphile_worker' and c.relkind in ('r', 'p') and c.relrowsecurity loop
      execute format('drop policy if exists service on %s', queue_table);
      execute format('create policy service on %s for all to bc_console using (true) with check (true)', queue_table);
    end loop;
  end $$`;
