import { hostname } from 'node:os';
import { systemClock } from '#platform/clock.ts';
import { loadConfig, type Config } from '#platform/config/index.ts';
import { createContext } from '#platform/context.ts';
import { listenTo, openServiceDatabase } from '#platform/db/index.ts';
import { OUTBOX_CHANNEL } from '#platform/events/index.ts';
import { startHttpServer } from '#platform/http/server.ts';
import { serviceListener } from '#platform/http/service-server.ts';
import { createLogger, silentLogger, type Logger } from '#platform/log/index.ts';
import { createMetrics } from '#platform/metrics/index.ts';
import { runProcess, type Running } from '#platform/process.ts';
import { openRedis } from '#platform/redis/index.ts';
import { startHeartbeat } from './heartbeat.ts';
import { startRelayLoop } from './relay/relay-loop.ts';
import { createRelayMetrics } from './relay/relay-metrics.ts';
import { createWakeSignal } from './wake-signal.ts';

/** With the listening connection below it makes the two that the connection budget gives the relay. */
const POOL_MAX = 1;

let log: Logger = silentLogger;
await runProcess(
  () => startRelay(loadConfig('relay')),
  () => log,
);

async function startRelay(config: Config<'relay'>): Promise<Running> {
  log = createLogger('relay', config.LOG_LEVEL);
  const url = config.DATABASE_URL;
  const connection = { url, poolMax: POOL_MAX, applicationName: 'relay', log };
  const database = await openServiceDatabase({ ...connection, neverScan: true });
  const redis = await openRedis({ url: config.REDIS_URL, name: 'relay', log });
  const metrics = createMetrics('relay');
  const wake = createWakeSignal();
  const listener = listenTo({
    url,
    applicationName: 'relay-listen',
    channels: [OUTBOX_CHANNEL],
    onNotification: wake.raise,
    onConnected: wake.raise,
    log,
  });
  // Not the pool's one connection: that may be busy publishing, and a relay at work is ready.
  const checks = { database: listener.ping, redis: redis.ping };
  const server = await startHttpServer(
    serviceListener({ checks, metrics: metrics.text }),
    config.BIND_HOST,
    config.RELAY_PORT,
  );

  const holder = `${hostname()}:${server.port}`;
  const actor = { kind: 'system', label: 'outbox relay' } as const;
  const ctx = createContext({ db: database.db, log, clock: systemClock, actor, requestId: holder });
  const relay = startRelayLoop({ ctx, redis, holder, wake, metrics: createRelayMetrics(metrics) });
  const heartbeat = startHeartbeat({ db: database.db, process: 'relay', instance: holder, detail: relay.state, log });
  log.info({ port: server.port }, 'ready');
  return {
    async stop() {
      await Promise.all([listener.stop(), server.stop(), relay.stop()]);
      await heartbeat.stop();
      await Promise.all([redis.stop(), database.stop()]);
    },
  };
}
