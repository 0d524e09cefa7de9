import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError, loadConfig } from '#platform/config/index.ts';
import { createLogger } from '#platform/log/index.ts';
import { defineCommand } from './command.ts';

/** Written by `npm start` beside the environment of this command line, which is another role's. */
const LOCAL_ENVIRONMENT = new URL('../../.local/env/migrate.env', import.meta.url);

export const migrateCommands = [
  defineCommand({
    noun: 'migrate',
    verb: undefined,
    summary: 'Bring the schema to the newest version.',
    options: {},
    async run() {
      // Loaded here only: no other command needs the migrations or the job queue's installer.
      const { migrateToLatest } = await import('#platform/db/migrate.ts');
      const ran = await migrateToLatest(migratorUrl(), createLogger('migrate', 'error'));
      return {
        text: ran.length === 0 ? 'The schema is up to date.' : `Ran ${ran.length} migrations.`,
        json: { ran },
      };
    },
  }),
];

/** The role of the other commands may not change the schema; the local platform keeps the migrator's address as well. */
function migratorUrl(): string {
  const { DATABASE_URL } = loadConfig('migrate');
  if (new URL(DATABASE_URL).username !== 'bc_console') return DATABASE_URL;
  if (!existsSync(LOCAL_ENVIRONMENT))
    throw new ConfigError('migrate command', ['DATABASE_URL: is that of bc_console; give the one of bc_migrate']);
  return loadConfig('migrate', parseEnv(readFileSync(LOCAL_ENVIRONMENT, 'utf8'))).DATABASE_URL;
}
