import { createTokenKeys } from '#platform/auth/tokens.ts';
import { systemClock } from '#platform/clock.ts';
import { loadConfig, type Config } from '#platform/config/index.ts';
import { startHttpServer } from '#platform/http/server.ts';
import { serviceListener } from '#platform/http/service-server.ts';
import { createLogger, silentLogger, type Logger } from '#platform/log/index.ts';
import { createMetrics } from '#platform/metrics/index.ts';
import { runProcess, type Running } from '#platform/process.ts';
import { createAuthApp } from './auth/auth-app.ts';
import { checkTenantsDirectory } from './auth/tenant-file.ts';
import { connectVertical } from './auth/vertical.ts';

let log: Logger = silentLogger;
await runProcess(
  () => startAuth(loadConfig('auth')),
  () => log,
);

async function startAuth(config: Config<'auth'>): Promise<Running> {
  log = createLogger('auth', config.LOG_LEVEL);
  const metrics = createMetrics('auth');
  const keys = createTokenKeys({ current: config.SECRET_KEY, previous: config.PREVIOUS_SECRET_KEY });
  const vertical = connectVertical(config.VERTICAL_URL, config.EDGE_AUTH_SECRET);
  const app = createAuthApp({ config, keys, vertical, metrics, log, clock: systemClock });
  // The store's app is no dependency of readiness: without it the page still tells people what is wrong.
  const checks = { tenants: () => checkTenantsDirectory(config.TENANTS_DIR) };
  const server = await startHttpServer(
    serviceListener({ checks, metrics: metrics.text }, app),
    config.BIND_HOST,
    config.AUTH_PORT,
  );
  log.info({ url: server.url }, 'ready');
  return {
    async stop() {
      await server.stop();
      vertical.stop();
    },
  };
}
