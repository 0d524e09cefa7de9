import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layoutOf, type Layout } from '#ops/local/layout.ts';
import { openLogSink } from '#ops/local/log-sink.ts';
import { startPostgres } from '#ops/local/postgres.ts';
import { startRedis } from '#ops/local/redis.ts';
import { databaseAddress, type DatabaseAddress } from '#ops/local/roles.ts';
import { newSecrets, type Secrets } from '#ops/local/secrets.ts';
import { portNeeds } from '#ops/local/services.ts';
import { LocalStack, type StackReport } from '#ops/local/stack.ts';
import { loadLocalSettings, type LocalSettings } from '#platform/config/local-stack.ts';
import { freePort } from './ports.ts';

/** A server that a test may take away and bring back, with the same address and data. */
type Removable = { start(): Promise<void>; stop(): Promise<void> };

export type TestPlatform = {
  settings: LocalSettings;
  layout: Layout;
  /** Of the latest start. */
  readonly report: StackReport;
  demoPassword: string;
  database: DatabaseAddress;
  postgres: Removable;
  redis: Removable;
  consoleUrl: string;
  /** The edge itself; which store is meant is said by the Host header. */
  edgeUrl: string;
  /** A store's address through the edge; `*.localhost` is this machine. */
  storeUrl(slug: string): string;
  /** Of a server or process by its name, such as `edge` or `ops`. */
  pidOf(name: string): Promise<number>;
  /** Stops every process and server, and keeps the data. */
  stop(): Promise<void>;
  /** Brings all of it back on the same ports. */
  start(): Promise<void>;
  /** Stops everything and deletes the data. */
  remove(): Promise<void>;
};

/**
 * The whole platform as `npm start` runs it, on free ports and in a folder of its own. Takes some seconds. PostgreSQL and
 * Redis run beside the stack, as real servers would: the stack would bring its own back as soon as a test stopped them.
 */
export async function startTestPlatform(): Promise<TestPlatform> {
  const dir = await mkdtemp(join(tmpdir(), 'basecommerce-platform-'));
  await chmod(dir, 0o711);
  const layout = layoutOf(dir);
  const secrets = newSecrets();
  const settings = await freeSettings(secrets);
  const { postgres, redis } = storageOf(layout, secrets, settings);
  const sink = openLogSink(layout.logs, () => undefined);
  let stack: LocalStack;
  let report: StackReport;
  const start = async () => {
    stack = new LocalStack({ settings, layout, secrets, sink });
    await Promise.all([postgres.start(), redis.start()]);
    report = await stack.start();
  };
  const stop = async () => {
    await stack.stop();
    await Promise.all([postgres.stop(), redis.stop()]);
  };
  const remove = async () => {
    await stop();
    sink.close();
    await rm(dir, { recursive: true, force: true });
  };
  await start().catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  return {
    settings,
    layout,
    get report() {
      return report;
    },
    demoPassword: secrets.demoPassword,
    database: databaseAddress(settings.DATABASE_URL!, secrets.database),
    postgres,
    redis,
    consoleUrl: `http://127.0.0.1:${settings.CONSOLE_PORT}`,
    edgeUrl: `http://127.0.0.1:${settings.LOCAL_EDGE_PORT}`,
    storeUrl: (slug) => `http://${slug}.localhost:${settings.LOCAL_EDGE_PORT}`,
    pidOf: async (name) => Number.parseInt(await readFile(join(layout.pids, name), 'utf8'), 10),
    stop,
    start,
    remove,
  };
}

/** Settings of a local stack on ports that nobody uses. */
export async function freeSettings(secrets: Secrets): Promise<LocalSettings> {
  const variables = portNeeds(loadLocalSettings({})).map((need) => need.variable);
  const ports = await Promise.all(variables.map(async (name) => [name, String(await freePort())] as const));
  const settings = Object.fromEntries(ports);
  const database = `127.0.0.1:${settings.LOCAL_POSTGRES_PORT}/basecommerce`;
  return loadLocalSettings({
    ...settings,
    DATABASE_URL: `postgresql://postgres:${secrets.database.postgres}@${database}`,
    REDIS_URL: `redis://:${secrets.redis}@127.0.0.1:${settings.LOCAL_REDIS_PORT}/0`,
  });
}

function storageOf(layout: Layout, secrets: Secrets, settings: LocalSettings) {
  const passwords = secrets.database;
  return {
    postgres: removable(() =>
      startPostgres({
        dir: layout.postgres,
        port: settings.LOCAL_POSTGRES_PORT,
        passwords,
        settings: { fsync: 'off' },
      }),
    ),
    redis: removable(() => startRedis({ dir: layout.redis, port: settings.LOCAL_REDIS_PORT, password: secrets.redis })),
  };
}

function removable(startServer: () => Promise<{ stop(): Promise<void> }>): Removable {
  let server: { stop(): Promise<void> } | undefined;
  return {
    async start() {
      server ??= await startServer();
    },
    async stop() {
      await server?.stop();
      server = undefined;
    },
  };
}
