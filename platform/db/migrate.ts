import { readdir } from 'node:fs/promises';
import knex, { type Knex } from 'knex';
import pg from 'pg';
import { installQueue } from '#platform/jobs/install-queue.ts';
import { silentLogger, type Logger } from '#platform/log/index.ts';
import { knexLog } from './knex-log.ts';

const DIRECTORY = new URL('../../migrations/', import.meta.url);
const FILE_NAME = /^\d{14}_[a-z0-9_]+\.ts$/;
/** Any constant will do, as long as every migrator uses the same one. */
const ADVISORY_LOCK = 424_242_001;

const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () => (await readdir(DIRECTORY)).filter((file) => FILE_NAME.test(file)).sort(),
  getMigrationName: (file) => file.replace(/\.ts$/, ''),
  getMigration: async (file) => (await import(new URL(file, DIRECTORY).href)) as Knex.Migration,
};

/**
 * Brings the schema to the newest version as `bc_owner`, who owns every object. Two migrators at once take turns by an
 * advisory lock, which a killed migrator gives back by itself. Returns the names of the migrations that ran.
 */
export async function migrateToLatest(url: string, log: Logger): Promise<string[]> {
  return locked(url, log, async (db) => {
    const [, ran] = (await db.migrate.latest(MIGRATE_CONFIG)) as [number, string[]];
    await installQueue(url);
    for (const name of ran) log.info({ migration: name }, 'migrated');
    return ran;
  });
}

/** Takes back every migration; only tests have a use for it. */
export async function rollbackAll(url: string): Promise<void> {
  await locked(url, silentLogger, (db) => db.migrate.rollback(MIGRATE_CONFIG, true));
}

/** Runs or takes back one migration and returns its name, undefined at either end; only tests have a use for it. */
export async function stepMigration(url: string, direction: 'up' | 'down'): Promise<string | undefined> {
  return locked(url, silentLogger, async (db) => {
    const [, names] = (await db.migrate[direction](MIGRATE_CONFIG)) as [number, string[]];
    return names[0];
  });
}

const MIGRATE_CONFIG: Knex.MigratorConfig = {
  migrationSource,
  schemaName: 'platform',
  tableName: 'migrations',
  disableMigrationsListValidation: false,
};

async function locked<T>(url: string, log: Logger, fn: (db: Knex) => Promise<T>): Promise<T> {
  const lock = new pg.Client({ connectionString: url, application_name: 'migrate-lock' });
  const db = knex({
    client: 'pg',
    connection: { connectionString: url, options: '-c role=bc_owner' },
    pool: { min: 0, max: 2 },
    log: knexLog(log),
  });
  try {
    await lock.connect();
    await lock.query('select pg_advisory_lock($1)', [ADVISORY_LOCK]);
    // knex keeps its list of migrations in this schema, so it must exist before the first of them runs.
    await db.raw('create schema if not exists platform');
    return await fn(db);
  } finally {
    await db.destroy();
    await lock.end();
  }
}
