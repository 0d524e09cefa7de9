import { loadConfig } from '#platform/config/index.ts';
import { createLogger } from '#platform/log/index.ts';
import { runOnce } from '#platform/process.ts';
import { migrateToLatest } from './migrate.ts';

await runOnce(async () => {
  const config = loadConfig('migrate');
  const ran = await migrateToLatest(config.DATABASE_URL, createLogger('migrate', config.LOG_LEVEL));
  process.stdout.write(ran.length === 0 ? 'The schema is up to date.\n' : `Ran ${ran.length} migrations.\n`);
});
