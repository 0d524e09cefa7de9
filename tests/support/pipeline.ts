import { connected } from '#ops/local/roles.ts';
import { systemClock } from '#platform/clock.ts';
import { createContext, type Actor, type Context } from '#platform/context.ts';
import { openDatabase, withTenant, type Database } from '#platform/db/index.ts';
import { ignoreBecause } from '#platform/errors.ts';
import type { DomainEvent } from '#platform/events/index.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import { openRedis, type RedisConnection } from '#platform/redis/index.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { freePort } from './ports.ts';
import { startTestRedis, type TestRedis } from './redis.ts';
import { spawnWorker, type WorkerProcess } from './worker-process.ts';

export type { WorkerProcess } from './worker-process.ts';

export type Pipeline = {
  database: TestDatabase;
  redis: TestRedis;
  /** As the store application's role. */
  store: Context;
  /** As a role of the platform's own processes; `remove` closes what it opened. */
  as(role: 'bc_console' | 'bc_worker'): Context;
  /** A look into the same Redis. */
  look: RedisConnection;
  /** Runs SQL as the superuser, past every policy: for looking, not for acting. */
  rows<T = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<T[]>;
  /** Runs `sql` in a transaction that stays open, with its locks, until the returned function rolls it back. */
  hold(sql: string, values?: unknown[]): Promise<() => Promise<void>>;
  createTenant(timezone?: string): Promise<string>;
  /** Their ids, as many as asked, in one statement. */
  createTenants(count: number, timezone?: string): Promise<string[]>;
  /** Publishes events in one transaction of the store. */
  publish(tenantId: string, ...events: EventDraft[]): Promise<string[]>;
  /** On the same port as before when `port` is given, which makes it the same instance. */
  startRelay(port?: number): Promise<WorkerProcess>;
  startEngines(port?: number): Promise<WorkerProcess>;
  /** Sales and revenue of a store as the sales engine has them. */
  figureOf(tenantId: string): Promise<{ sales: number; revenue: string }>;
  remove(): Promise<void>;
};

export type EventDraft = Pick<DomainEvent, 'type' | 'payload'> & Partial<DomainEvent>;

/** A database, a Redis, and the means to run the real relay and engines worker on them. Call `remove` in `after`. */
export async function createPipeline(): Promise<Pipeline> {
  const [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
  const look = await openRedis({ url: redis.url, name: 'test', log: silentLogger });
  const app = openDatabase({ url: database.url('bc_app'), poolMax: 4, applicationName: 'test', log: silentLogger });
  const store = contextOf(app, { kind: 'user', label: 'ana' });
  const opened: Database[] = [app];
  const running = new Set<WorkerProcess>();
  const rows: Pipeline['rows'] = (sql, values = []) =>
    connected(database.superuserUrl, async (client) => (await client.query(sql, values)).rows as never);
  const start = async (name: string, entry: string, env: Record<string, string>, portKey: string, wanted?: number) => {
    const port = wanted ?? (await freePort());
    const workerEnv = { ...env, REDIS_URL: redis.url, [portKey]: String(port) };
    const worker = await spawnWorker({ name, entry, env: workerEnv, port });
    running.add(worker);
    return worker;
  };
  const createTenants: Pipeline['createTenants'] = async (count, timezone = 'America/Sao_Paulo') => {
    const ids = Array.from({ length: count }, () => newId());
    await rows(
      `insert into platform.tenants (id, slug, name, status, status_changed_at, admin_email, timezone, created_at, updated_at)
       select id, 'store-' || right(id::text, 8), 'Store', 'live', now(), 'admin@example.com', $2, now(), now()
         from unnest($1::uuid[]) as t (id)`,
      [ids, timezone],
    );
    return ids;
  };
  return {
    database,
    redis,
    store,
    as(role) {
      const url = database.url(role);
      const asRole = openDatabase({ url, poolMax: 2, applicationName: 'test', log: silentLogger, pipeline: true });
      opened.push(asRole);
      return contextOf(asRole, { kind: 'operator', id: newId(), label: 'olivia' });
    },
    look,
    rows,
    hold: (sql, values = []) => holdTransaction(database.superuserUrl, sql, values),
    createTenant: async (timezone) => (await createTenants(1, timezone))[0]!,
    createTenants,
    publish: (tenantId, ...events) =>
      withTenant(store, tenantId, async (tx) => {
        const ids: string[] = [];
        for (const event of events) ids.push(await tx.events.publish(completeEvent(tenantId, event)));
        return ids;
      }),
    startRelay: (port) =>
      start('relay', 'workers/outbox-relay.ts', { DATABASE_URL: database.url('bc_relay') }, 'RELAY_PORT', port),
    startEngines: (port) =>
      start('engines', 'workers/engines.ts', { DATABASE_URL: database.url('bc_worker') }, 'ENGINES_PORT', port),
    async figureOf(tenantId) {
      const [figure] = await rows<{ sales: number; revenue: string }>(
        `select coalesce(sum(sales), 0)::int as sales, coalesce(sum(revenue), 0)::text as revenue
           from engines.sales_daily where tenant_id = $1`,
        [tenantId],
      );
      return figure!;
    },
    async remove() {
      await Promise.all([...running].map((worker) => worker.kill()));
      await Promise.all([...opened, look].map((part) => part.stop()));
      await Promise.all([redis.remove(), database.drop()]);
    },
  };
}

async function holdTransaction(url: string, sql: string, values: unknown[]): Promise<() => Promise<void>> {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const done = connected(url, async (client) => {
    client.on('error', ignoreBecause('a test that failed meanwhile has dropped the database'));
    await client.query('begin');
    await client.query(sql, values);
    held.resolve();
    await released.promise;
    await client.query('rollback');
  });
  done.catch(held.reject);
  await held.promise;
  return () => {
    released.resolve();
    return done;
  };
}

function contextOf({ db }: Database, actor: Actor): Context {
  return createContext({ db, log: silentLogger, clock: systemClock, actor, requestId: 'test-request' });
}

function completeEvent(tenantId: string, draft: EventDraft): DomainEvent {
  return { version: 1, tenantId, aggregate: { type: 'order', id: newId(), version: 1 }, ...draft };
}
