import { systemClock } from '#platform/clock.ts';
import { loadConfig, type Config } from '#platform/config/index.ts';
import { openServiceDatabase } from '#platform/db/index.ts';
import { createPublicLookup } from '#platform/http/public-host.ts';
import { startHttpServer } from '#platform/http/server.ts';
import { serviceListener } from '#platform/http/service-server.ts';
import { createLogger, silentLogger, type Logger } from '#platform/log/index.ts';
import { createContext } from '#platform/context.ts';
import { createMetrics } from '#platform/metrics/index.ts';
import { runProcess, type Running } from '#platform/process.ts';
import { openRedis } from '#platform/redis/index.ts';
import { createConsoleApp } from './app.ts';
import { openNotifications } from './notifications.ts';
import { addStreamMetrics } from './streams/metrics.ts';
import { addAlertMetrics } from './alerts/metrics.ts';
import { addRetentionMetrics } from './streams/retention/metrics.ts';

/** With the listening connection below it makes the five that the connection budget gives the console. */
const POOL_MAX = 4;

let log: Logger = silentLogger;
await runProcess(
  () => startConsole(loadConfig('console')),
  () => log,
);

async function startConsole(config: Config<'console'>): Promise<Running> {
  log = createLogger('console', config.LOG_LEVEL);
  const url = config.DATABASE_URL;
  const database = await openServiceDatabase({ url, poolMax: POOL_MAX, applicationName: 'console', log });
  // Redis only confirms what PostgreSQL knows: an operator must be able to start the console while it is down.
  const redis = await openRedis({ url: config.REDIS_URL, name: 'console', log }, { optional: true });
  const metrics = createMetrics('console');
  const notifications = openNotifications({ url, applicationName: 'console-listen', log });
  const lookup = createPublicLookup({ dnsServers: config.DNS_SERVERS });
  const app = createConsoleApp({ config, database, redis, metrics, notifications, log, clock: systemClock, lookup });
  const checks = { database: () => database.ping(), redis: () => redis.ping() };
  const actor = { kind: 'system', label: 'console' } as const;
  const ctx = createContext({ db: database.db, log, clock: systemClock, actor, requestId: 'metrics' });
  const streamText = addRetentionMetrics(metrics, ctx, addStreamMetrics(metrics, ctx, redis));
  const metricsText = addAlertMetrics(metrics, ctx, streamText);
  const server = await startHttpServer(
    serviceListener({ checks, metrics: metricsText }, app),
    config.BIND_HOST,
    config.CONSOLE_PORT,
  );
  log.info({ url: server.url }, 'ready');
  return {
    async stop() {
      await Promise.all([server.stop(), notifications.stop()]);
      await Promise.all([redis.stop(), database.stop()]);
    },
  };
}
