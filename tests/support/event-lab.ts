import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '#ops/local/postgres.ts';
import { startRedis } from '#ops/local/redis.ts';
import { connected, createDatabase, createRoles } from '#ops/local/roles.ts';
import { newRolePasswords } from '#ops/local/secrets.ts';
import { migrateToLatest } from '#platform/db/migrate.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import { startFleet, type Fleet, type FleetSize } from './fleet.ts';
import { freePort } from './ports.ts';

type Server = { pid: number; exited: Promise<unknown>; stop(): Promise<void> };

/** Servers and stores for an event pipeline, every part of which may be hurt. */
export type EventLab = {
  tenants: string[];
  appUrl: string;
  relayUrl: string;
  superuserUrl: string;
  redisUrl: string;
  /** Starts relays and workers on these servers; `close` ends them. */
  startFleet(size: FleetSize): Promise<Fleet>;
  rows: <T>(sql: string, values?: unknown[]) => Promise<T[]>;
  /** Ends the server as a crash would, and brings it back with the same data. */
  crashPostgres(): Promise<void>;
  crashRedis(): Promise<void>;
  close(): Promise<void>;
};

type Options = {
  shards: number;
  tenants: number;
  /** False where no power cut is among the faults: whatever else could lose a commit is as in production. */
  fsync: boolean;
  /** Of PostgreSQL, over those of the droplet. */
  settings?: Record<string, string>;
};

/** Its own PostgreSQL, migrated, with stores; its own Redis. Both with the settings of the infra droplet. */
export async function openEventLab({ shards, tenants: stores, fsync, settings = {} }: Options): Promise<EventLab> {
  const dir = await mkdtemp(join(tmpdir(), 'basecommerce-lab-'));
  await chmod(dir, 0o711);
  const passwords = newRolePasswords();
  const postgresOptions = {
    dir: join(dir, 'postgres'),
    port: await freePort(),
    passwords,
    settings: fsync ? settings : { ...settings, fsync: 'off', full_page_writes: 'off' },
  };
  const redisOptions = { dir: join(dir, 'redis'), port: await freePort(), password: randomBytes(12).toString('hex') };
  const address = await startPostgres(postgresOptions);
  const first = await startRedis(redisOptions);
  await createRoles(address.superuserUrl('postgres'), passwords);
  await createDatabase(address, address.name);
  await migrateToLatest(address.url('bc_migrate'), silentLogger);
  const rows: EventLab['rows'] = (sql, values = []) =>
    connected(address.superuserUrl(), async (client) => (await client.query(sql, values)).rows as never);
  const tenants = await createStores(rows, stores);
  await rows('update events.streams set shard_count = $1', [shards]);
  const urls = { relay: address.url('bc_relay'), worker: address.url('bc_worker'), redis: first.url };
  const fleets: Fleet[] = [];
  let [postgres, redis]: [Server, Server] = [address, first];
  return {
    tenants,
    appUrl: address.url('bc_app'),
    relayUrl: urls.relay,
    superuserUrl: address.superuserUrl(),
    redisUrl: first.url,
    async startFleet(size) {
      const fleet = await startFleet(size, urls);
      fleets.push(fleet);
      return fleet;
    },
    rows,
    async crashPostgres() {
      process.kill(postgres.pid, 'SIGQUIT');
      await postgres.exited;
      postgres = await startPostgres(postgresOptions);
    },
    async crashRedis() {
      process.kill(redis.pid, 'SIGKILL');
      await redis.exited;
      redis = await startRedis(redisOptions);
    },
    async close() {
      await Promise.all(fleets.map((fleet) => fleet.stop()));
      await Promise.all([postgres.stop(), redis.stop()]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function createStores(rows: EventLab['rows'], count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  await rows(
    `insert into platform.tenants (id, slug, name, status, status_changed_at, admin_email, timezone, created_at, updated_at)
     select id, 'store-' || n, 'Store', 'live', now(), 'a@example.com', 'America/Sao_Paulo', now(), now()
       from unnest($1::uuid[]) with ordinality t (id, n)`,
    [ids],
  );
  return ids;
}
