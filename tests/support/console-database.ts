import pg from 'pg';
import { systemClock } from '#platform/clock.ts';
import { createContext, type Context } from '#platform/context.ts';
import { openDatabase, type Database } from '#platform/db/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createTestDatabase } from './database.ts';

export type ConsoleDatabase = {
  /** A context of the console's own database role; `actor` is the operator `olivia`. */
  ctx: Context;
  database: Database;
  url: string;
  /** The same database as the stores' application sees it. */
  appUrl: string;
  /** The same database as the relay sees it. */
  relayUrl: string;
  /** The same database as the engines worker sees it. */
  workerUrl: string;
  /** The same database as `bc_migrate`. */
  migratorUrl: string;
  /** For what no role of ours may do: looking at others' connections, adding triggers. */
  superuserUrl: string;
  /** Runs SQL that no role of ours may run. */
  asSuperuser(sql: string, values?: unknown[]): Promise<void>;
  /** Closes the pool and removes the database. */
  drop(): Promise<void>;
};

/** A migrated database of the caller's own, entered as `bc_console`. Drop it in `after`. */
export async function openConsoleDatabase({ poolMax = 5 } = {}): Promise<ConsoleDatabase> {
  const testDatabase = await createTestDatabase();
  const url = testDatabase.url('bc_console');
  const database = openDatabase({ url, poolMax, applicationName: 'test', log: silentLogger });
  const ctx = createContext({
    db: database.db,
    log: silentLogger,
    clock: systemClock,
    actor: { kind: 'operator', id: '01939b1e-0000-7000-8000-00000000000a', label: 'olivia@example.com' },
    requestId: 'test-request',
  });
  return {
    ctx,
    database,
    url,
    superuserUrl: testDatabase.superuserUrl,
    appUrl: testDatabase.url('bc_app'),
    relayUrl: testDatabase.url('bc_relay'),
    workerUrl: testDatabase.url('bc_worker'),
    migratorUrl: testDatabase.url('bc_migrate'),
    async asSuperuser(sql, values) {
      const client = new pg.Client({ connectionString: testDatabase.superuserUrl });
      await client.connect();
      try {
        await client.query(sql, values);
      } finally {
        await client.end();
      }
    },
    async drop() {
      await database.stop();
      await testDatabase.drop();
    },
  };
}
