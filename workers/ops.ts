import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { loadConfig } from '#platform/config/index.ts';
import { openDatabase, reachDatabase, refuseUnsafeRole } from '#platform/db/index.ts';
import { serviceListener } from '#platform/http/service-server.ts';
import { startHttpServer } from '#platform/http/server.ts';
import { createLogger, type Logger } from '#platform/log/index.ts';
import { createMetrics } from '#platform/metrics/index.ts';
import { runProcess, type Running } from '#platform/process.ts';
import { createSshPool } from '#platform/ssh/index.ts';
import { startOpsWorker } from './ops/ops-worker.ts';

/** One connection LISTENs for jobs; the rest is for the jobs, the leases and the heartbeat. */
const DATABASE_CONNECTIONS = 4;

let log: Logger | undefined;

async function start(): Promise<Running> {
  const config = loadConfig('ops');
  log = createLogger('ops', config.LOG_LEVEL);
  const database = openDatabase({
    url: config.DATABASE_URL,
    poolMax: DATABASE_CONNECTIONS,
    applicationName: 'ops',
    log,
  });
  await reachDatabase(database, config.DATABASE_URL);
  await refuseUnsafeRole(database.db);
  const metrics = createMetrics('ops');
  const ssh = createSshPool({ keysDir: config.SSH_KEYS_DIR, log });
  const instance = `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`;
  const worker = await startOpsWorker({ database, ssh, baseDomain: config.BASE_DOMAIN, log, metrics, instance });
  const listener = serviceListener({ checks: { database: () => database.ping() }, metrics: metrics.text });
  const server = await startHttpServer(listener, config.BIND_HOST, config.OPS_PORT);
  return {
    async stop() {
      await worker.stop();
      await ssh.stop();
      await server.stop();
      await database.stop();
    },
  };
}

await runProcess(start, () => log ?? createLogger('ops', 'info'));
