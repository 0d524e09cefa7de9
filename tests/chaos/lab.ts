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
import { freePort } from '#tests/support/ports.ts';
import { startFleet, type Fleet } from './fleet.ts';

type Server = { pid: number; exited: Promise<unknown>; stop(): Promise<void> };

/** A whole event pipeline of its own, every part of which may be hurt. */
export type Lab = {
  tenants: string[];
  appUrl: string;
  redisUrl: string;
  fleet: Fleet;
  rows<T>(sql: string, values?: unknown[]): Promise<T[]>;
  /** Ends the server as a crash would, and brings it back with the same data. */
  crashPostgres(): Promise<void>;
  crashRedis(): Promise<void>;
  close(): Promise<void>;
};

export type LabSize = { relays: number; workers: number; shards: number; tenants: number };

/** Fsync is off because no power cut is among the faults; whatever else could lose a commit is as in production. */
const POSTGRES_SETTINGS = { fsync: 'off', full_page_writes: 'off', max_connections: '100' };

export async function openLab(size: LabSize): Promise<Lab> {
  const dir = await mkdtemp(join(tmpdir(), 'basecommerce-chaos-'));
  await chmod(dir, 0o711);
  const passwords = newRolePasswords();
  const postgresOptions = {
    dir: join(dir, 'postgres'),
    port: await freePort(),
    passwords,
    settings: POSTGRES_SETTINGS,
  };
  const redisOptions = { dir: join(dir, 'redis'), port: await freePort(), password: randomBytes(12).toString('hex') };
  const address = await startPostgres(postgresOptions);
  const first = await startRedis(redisOptions);
  await createRoles(address.superuserUrl('postgres'), passwords);
  await createDatabase(address, address.name);
  await migrateToLatest(address.url('bc_migrate'), silentLogger);
  const rows: Lab['rows'] = (sql, values = []) =>
    connected(address.superuserUrl(), async (client) => (await client.query(sql, values)).rows as never);
  const tenants = await prepare(rows, size);
  const urls = { relay: address.url('bc_relay'), worker: address.url('bc_worker'), redis: first.url };
  const fleet = await startFleet(size, urls);
  let [postgres, redis]: [Server, Server] = [address, first];
  return {
    tenants,
    appUrl: address.url('bc_app'),
    redisUrl: first.url,
    fleet,
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
      await fleet.stop();
      await Promise.all([postgres.stop(), redis.stop()]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function prepare(rows: Lab['rows'], { shards, tenants }: LabSize): Promise<string[]> {
  const ids = Array.from({ length: tenants }, () => newId());
  await rows(
    `insert into platform.tenants (id, slug, name, status, status_changed_at, admin_email, timezone, created_at, updated_at)
     select id, 'store-' || n, 'Store', 'live', now(), 'a@example.com', 'America/Sao_Paulo', now(), now()
       from unnest($1::uuid[]) with ordinality t (id, n)`,
    [ids],
  );
  await rows('update events.streams set shard_count = $1', [shards]);
  await rows(RECORDER);
  return ids;
}

/** Numbers every effect in the order in which it happened, in the transaction of the effect. */
const RECORDER = `
  create schema chaos;
  create table chaos.effects (n bigserial primary key, tenant_id uuid, event_id uuid, aggregate_id uuid, version int);
  create function chaos.record_effect() returns trigger language plpgsql security definer as $$
  begin
    insert into chaos.effects (tenant_id, event_id, aggregate_id, version)
    select o.tenant_id, o.event_id, o.aggregate_id, o.aggregate_version
      from events.outbox o where o.tenant_id = new.tenant_id and o.event_id = new.event_id;
    return null;
  end $$;
  create trigger record_effect after insert on events.processed for each row execute function chaos.record_effect();`;
