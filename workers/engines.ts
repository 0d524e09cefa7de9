import { hostname } from 'node:os';
import { ENGINES_GROUP, isEventPaused, type Consumer } from '#domain/events/index.ts';
import { systemClock } from '#platform/clock.ts';
import { loadConfig, type Config } from '#platform/config/index.ts';
import { createContext } from '#platform/context.ts';
import { openServiceDatabase } from '#platform/db/index.ts';
import { startHttpServer } from '#platform/http/server.ts';
import { serviceListener } from '#platform/http/service-server.ts';
import { createLogger, silentLogger, type Logger } from '#platform/log/index.ts';
import { createMetrics } from '#platform/metrics/index.ts';
import { runProcess, type Running } from '#platform/process.ts';
import { openRedis } from '#platform/redis/index.ts';
import { startConsumerLoop } from './engines/consumer-loop.ts';
import { createEnginesMetrics } from './engines/engines-metrics.ts';
import { applyFacts, ENGINES, judgeEvent } from './engines/registry.ts';
import { startRecomputeLoop } from './engines/recompute-loop.ts';
import { startReplayLoop } from './engines/replay-loop.ts';
import { startHeartbeat } from './heartbeat.ts';
import { createPauseWatch, type PauseWatch } from './pause-watch.ts';

const POOL_MAX = 4;

/** Below the 10 s of a shard's lease: a frozen owner's locks must be gone when its successor begins. Units: ms. */
const IDLE_IN_TRANSACTION_MS = 5000;
/** Longer than what is worked out for a store holds it, and than a frozen process; shorter than the lease. Units: ms. */
const LOCK_TIMEOUT_MS = 6000;

let log: Logger = silentLogger;
await runProcess(
  () => startEngines(loadConfig('engines')),
  () => log,
);

async function startEngines(config: Config<'engines'>): Promise<Running> {
  log = createLogger('engines', config.LOG_LEVEL);
  const url = config.DATABASE_URL;
  const database = await openServiceDatabase({
    url,
    poolMax: POOL_MAX,
    applicationName: 'engines',
    log,
    idleInTransactionMs: IDLE_IN_TRANSACTION_MS,
    lockTimeoutMs: LOCK_TIMEOUT_MS,
    pipeline: true,
    neverScan: true,
  });
  const [reader, redis] = await Promise.all(
    ['engines-reader', 'engines'].map((name) => openRedis({ url: config.REDIS_URL, name, log })),
  );
  const metrics = createMetrics('engines');
  const server = await startHttpServer(
    serviceListener({ checks: { database: () => database.ping(), redis: redis!.ping }, metrics: metrics.text }),
    config.BIND_HOST,
    config.ENGINES_PORT,
  );

  const worker = `${hostname()}:${server.port}`;
  const actor = { kind: 'system', label: 'engines worker' } as const;
  const ctx = createContext({ db: database.db, log, clock: systemClock, actor, requestId: worker });
  const pauses = createPauseWatch(ctx);
  const consumer = createConsumer(worker, pauses);
  const settler = { ctx, consumer, metrics: createEnginesMetrics(metrics) };
  const loop = startConsumerLoop(ctx, { name: worker, reader: reader!, redis: redis!, settler, pauses });
  const beside = [startRecomputeLoop(ctx, ENGINES), startReplayLoop(ctx, consumer, pauses)];
  const heartbeat = startHeartbeat({ db: database.db, process: 'engines', instance: worker, detail: loop.state, log });
  log.info({ port: server.port }, 'ready');
  return {
    async stop() {
      await Promise.all([server, loop, ...beside].map((part) => part.stop()));
      await heartbeat.stop();
      await Promise.all([reader!.stop(), redis!.stop(), database.stop()]);
    },
  };
}

function createConsumer(worker: string, pauses: PauseWatch): Consumer {
  return {
    group: ENGINES_GROUP,
    worker,
    judge: (event) => judgeEvent(ENGINES, event),
    isPaused: (event) => isEventPaused(pauses.now(), event),
    apply: (lane, facts) => applyFacts(ENGINES, lane, facts),
  };
}
