import { createTokenKeys } from '#platform/auth/tokens.ts';
import { systemClock } from '#platform/clock.ts';
import { loadConfig, type Config } from '#platform/config/index.ts';
import { openServiceDatabase } from '#platform/db/index.ts';
import { startHttpServer } from '#platform/http/server.ts';
import { serviceListener } from '#platform/http/service-server.ts';
import { createLogger, silentLogger, type Logger } from '#platform/log/index.ts';
import { createMetrics } from '#platform/metrics/index.ts';
import { runProcess, type Running } from '#platform/process.ts';
import { createStoreApp } from './app.ts';

/** Two processes of six: the connection budget is in docs/architecture.md. */
const POOL_MAX = 6;

let log: Logger = silentLogger;
await runProcess(
  () => startApp(loadConfig('app')),
  () => log,
);

async function startApp(config: Config<'app'>): Promise<Running> {
  log = createLogger('app', config.LOG_LEVEL);
  const url = config.DATABASE_URL;
  const database = await openServiceDatabase({ url, poolMax: POOL_MAX, applicationName: 'app', log });
  const metrics = createMetrics('app');
  const keys = createTokenKeys({ current: config.SECRET_KEY, previous: config.PREVIOUS_SECRET_KEY });
  const app = createStoreApp({ config, database, keys, metrics, log, clock: systemClock });
  const checks = { database: () => database.ping() };
  const server = await startHttpServer(
    serviceListener({ checks, metrics: metrics.text }, app),
    config.BIND_HOST,
    config.APP_PORT,
  );
  log.info({ url: server.url }, 'ready');
  return {
    async stop() {
      await server.stop();
      await database.stop();
    },
  };
}
