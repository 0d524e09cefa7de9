import { mkdir } from 'node:fs/promises';
import type { LocalSettings } from '#platform/config/local-stack.ts';
import { ignoreBecause } from '#platform/errors.ts';
import { migrateToLatest } from '#platform/db/migrate.ts';
import { silentLogger } from '#platform/log/index.ts';
import { ensureCertificate } from './certificate.ts';
import { isDemoPassword, seedDemo, stockDemo, untilDemoIsLive } from './demo-store.ts';
import type { Layout } from './layout.ts';
import type { LogSink } from './log-sink.ts';
import { startEdgeNginx } from './nginx.ts';
import { startNodeProcess } from './node-process.ts';
import { recordPid } from './pid-records.ts';
import { startPostgres } from './postgres.ts';
import { environmentOf, writeEnvFile, type ProcessEnv } from './process-env.ts';
import { startRedis } from './redis.ts';
import { createDatabase, createRoles, databaseAddress, type DatabaseAddress } from './roles.ts';
import type { Secrets } from './secrets.ts';
import { SERVICES, type Service } from './services.ts';
import type { ServerProcess } from './server-process.ts';
import type { LocalSshd } from './sshd.ts';
import { asSetUp, seedDroplets, seedOperator, type FirstOperator } from './seed.ts';
import { startDropletAccess } from './droplet-access.ts';
import { warmCompileCache } from './warm-cache.ts';
import { keepRunning, type Supervised } from './supervisor.ts';

type Options = { settings: LocalSettings; layout: Layout; secrets: Secrets; sink: LogSink };

export type StackReport = {
  operator: FirstOperator;
  demoEmail: string;
  /** Undefined when somebody has changed it. */
  demoPassword: string | undefined;
  /** Why the demo store is not live; undefined when it is. */
  demoProblem: string | undefined;
};

/** Later tiers need the earlier ones: they start after them and stop before them. */
const TIERS = ['storage', 'machines', 'processes'] as const;
type Tier = (typeof TIERS)[number];

/** The servers' own chatter, and the statements they rightly refuse, stay in their log files; trouble is shown. */
const looksLikeTrouble = (line: string) => /\b(FATAL|PANIC|emerg|alert|crit)\b|\[error\]/.test(line);

/** The whole platform on this machine, each part a supervised child process. */
export class LocalStack {
  readonly #options: Options;
  readonly #running = new Map<Tier, Supervised[]>(TIERS.map((tier) => [tier, []]));
  readonly #stopping = new AbortController();
  #starting: Promise<unknown> | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Resolves when all is ready and the demo store is live or known not to be. After a failure, still call `stop()`. */
  start(): Promise<StackReport> {
    const starting = this.#startAll();
    this.#starting = starting;
    return starting;
  }

  /** Ends everything in reverse order, a start that is still under way included. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The start was interrupted'));
    await this.#starting?.catch(ignoreBecause('whoever called start() hears of it'));
    for (const tier of TIERS.toReversed()) {
      const servers = this.#running.get(tier)!.splice(0);
      await Promise.all(servers.map((server) => server.stop()));
    }
  }

  async #startAll(): Promise<StackReport> {
    const { layout, secrets } = this.#options;
    const { signal } = this.#stopping;
    for (const dir of [layout.pids, layout.logs]) await mkdir(dir, { recursive: true, mode: 0o700 });
    const entries = [...new Set(SERVICES.map(({ entry }) => entry))];
    const [servers] = await allOf(this.#startServers(), warmCompileCache(layout.compileCache, entries, signal));
    const { database, edge, sshd } = servers;
    const facts = { ...this.#options, ...servers, tenantsDir: edge.tenantsDir };
    await writeEnvFile(layout.env, 'bc', environmentOf('cli', facts));
    await writeEnvFile(layout.env, 'migrate', environmentOf('migrate', facts));
    return asSetUp(database.url('bc_console'), async (ctx) => {
      await seedDroplets(ctx, { sshd, probeUrl: edge.url });
      const demoEmail = await seedDemo(ctx, secrets.demoPassword);
      await allOf(...SERVICES.map((service) => this.#startService(service, environmentOf(service.process, facts))));
      const demoProblem = await untilDemoIsLive(ctx, signal);
      const demoPassword = await this.#openDemo(database);
      // Last, so that a one-time password is never made and then lost to a start that fails.
      return { operator: await seedOperator(ctx), demoEmail, demoPassword, demoProblem };
    });
  }

  /** Fills the demo store's shelves. Resolves with its first admin's password, undefined when it was changed. */
  #openDemo(database: DatabaseAddress): Promise<string | undefined> {
    const { demoPassword } = this.#options.secrets;
    return asSetUp(database.url('bc_app'), async (ctx) => {
      await stockDemo(ctx);
      return (await isDemoPassword(ctx, demoPassword)) ? demoPassword : undefined;
    });
  }

  async #startServers() {
    const [database, redisUrl] = await allOf(this.#startDatabase(), this.#startRedis());
    const [edge, sshd] = await allOf(this.#startEdge(), this.#startDroplets(), this.#prepare(database));
    return { database, redisUrl, edge, sshd };
  }

  async #startDatabase(): Promise<DatabaseAddress> {
    const { settings, layout, secrets } = this.#options;
    if (settings.DATABASE_URL) return databaseAddress(settings.DATABASE_URL, secrets.database);
    const onLine = this.#quietLines('postgres');
    const start = () =>
      startPostgres({ dir: layout.postgres, port: settings.LOCAL_POSTGRES_PORT, passwords: secrets.database, onLine });
    return this.#keep('storage', 'postgres', start);
  }

  async #startRedis(): Promise<string> {
    const { settings, layout, secrets } = this.#options;
    if (settings.REDIS_URL) return settings.REDIS_URL;
    const onLine = this.#quietLines('redis');
    const start = () =>
      startRedis({ dir: layout.redis, port: settings.LOCAL_REDIS_PORT, password: secrets.redis, onLine });
    return (await this.#keep('storage', 'redis', start)).url;
  }

  async #prepare(database: DatabaseAddress): Promise<void> {
    await createRoles(database.superuserUrl('postgres'), this.#options.secrets.database);
    await createDatabase(database, database.name);
    await migrateToLatest(database.url('bc_migrate'), silentLogger);
  }

  #startEdge() {
    const { settings, layout, secrets } = this.#options;
    const onLine = this.#quietLines('edge');
    return this.#keep('machines', 'edge', async () =>
      startEdgeNginx({
        dir: layout.edge,
        port: settings.LOCAL_EDGE_PORT,
        tls: { port: settings.LOCAL_EDGE_TLS_PORT, ...(await ensureCertificate(layout.tls)) },
        statusPort: settings.LOCAL_EDGE_STATUS_PORT,
        baseDomain: 'localhost',
        appServers: [`127.0.0.1:${settings.APP_PORT}`, `127.0.0.1:${settings.APP_2_PORT}`],
        authServer: `127.0.0.1:${settings.AUTH_PORT}`,
        edgeAuthSecret: secrets.edgeAuth,
        onLine,
      }),
    );
  }

  #startDroplets(): Promise<LocalSshd> {
    const { settings, layout } = this.#options;
    const onLine = this.#quietLines('sshd');
    return this.#keep('machines', 'sshd', () => startDropletAccess({ layout, settings, onLine }));
  }

  async #startService(service: Service, environment: ProcessEnv): Promise<void> {
    const { settings, layout, sink } = this.#options;
    const port = settings[service.portSetting];
    const env = { ...environment, [service.portKey]: String(port) };
    await writeEnvFile(layout.env, service.name, env);
    const onLine = sink.lineWriter(service.name);
    const { name, entry } = service;
    const start = (signal: AbortSignal) =>
      startNodeProcess({ name, entry, port, env, compileCache: layout.compileCache, signal, onLine });
    await this.#keep('processes', name, start);
  }

  async #keep<S extends ServerProcess>(
    tier: Tier,
    name: string,
    start: (signal: AbortSignal) => Promise<S>,
  ): Promise<S> {
    const { layout, sink } = this.#options;
    const { signal } = this.#stopping;
    signal.throwIfAborted();
    const onStart = ({ pid }: S) => recordPid(layout.pids, name, pid);
    const supervised = await keepRunning({ start, onStart, signal, say: sink.lineWriter(name) });
    this.#running.get(tier)!.push(supervised);
    return supervised.first;
  }

  #quietLines(name: string): (line: string) => void {
    return this.#options.sink.lineWriter(name, looksLikeTrouble);
  }
}

/** Like Promise.all, but rejects only when all have ended one way or the other, so that none starts up behind our back. */
async function allOf<T extends readonly unknown[]>(
  ...promises: T
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
