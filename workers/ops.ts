import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { setTerms } from '#domain/retention/index.ts';
import { systemClock } from '#platform/clock.ts';
import { loadConfig, type Config } from '#platform/config/index.ts';
import { createContext } from '#platform/context.ts';
import { openServiceDatabase, type Database } from '#platform/db/index.ts';
import { startHttpServer } from '#platform/http/server.ts';
import { serviceListener } from '#platform/http/service-server.ts';
import { createLogger, silentLogger, type Logger } from '#platform/log/index.ts';
import { createMetrics } from '#platform/metrics/index.ts';
import { runProcess, type Running } from '#platform/process.ts';
import { createSshPool } from '#platform/ssh/index.ts';
import { sendersOf } from './ops/alerts/senders.ts';
import { startOpsWorker } from './ops/ops-worker.ts';

/** One connection LISTENs for jobs; the rest is for the jobs, the leases and the heartbeat. */
const POOL_MAX = 4;

// It waits for machines and hardly computes: V8's optimizing compiler would only be resident, 3 MB of it.
setFlagsFromString('--no-maglev');

let log: Logger = silentLogger;
await runProcess(
  () => startOps(loadConfig('ops')),
  () => log,
);

async function startOps(config: Config<'ops'>): Promise<Running> {
  log = createLogger('ops', config.LOG_LEVEL);
  const url = config.DATABASE_URL;
  const database = await openServiceDatabase({ url, poolMax: POOL_MAX, applicationName: 'ops', log });
  const metrics = createMetrics('ops');
  const ssh = createSshPool({ keysDir: config.SSH_KEYS_DIR, log });
  await applyTerms(database, config);
  const instance = `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`;
  const { BASE_DOMAIN: baseDomain, ARCHIVES_DIR: archivesDir } = config;
  const senders = sendersOf(config);
  const worker = await startOpsWorker({ database, ssh, baseDomain, archivesDir, log, metrics, instance, senders });
  const server = await startHttpServer(
    serviceListener({ checks: { database: () => database.ping() }, metrics: metrics.text }),
    config.BIND_HOST,
    config.OPS_PORT,
  );
  log.info({ port: server.port }, 'ready');
  return {
    async stop() {
      await worker.stop();
      await ssh.stop();
      await server.stop();
      await database.stop();
    },
  };
}

/** The database keeps to them, whoever asks it to drop a day, and the console shows them. */
async function applyTerms({ db }: Database, config: Config<'ops'>): Promise<void> {
  const actor = { kind: 'system', label: 'ops worker' } as const;
  const ctx = createContext({ db, log, clock: systemClock, actor, requestId: 'start' });
  await setTerms(ctx, {
    outboxDays: config.EVENTS_RETENTION_DAYS,
    marksDays: config.EVENT_MARKS_RETENTION_DAYS,
  });
}
