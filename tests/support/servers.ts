import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type LocalPostgres } from '#ops/local/postgres.ts';
import { startRedis } from '#ops/local/redis.ts';
import { connected, createDatabase, createRoles, type RolePasswords } from '#ops/local/roles.ts';
import { newRolePasswords } from '#ops/local/secrets.ts';
import { migrateToLatest } from '#platform/db/migrate.ts';
import { silentLogger } from '#platform/log/index.ts';
import { freePort } from './ports.ts';
import { TEMPLATE_DATABASE, type TestStack } from './stack.ts';

/** What a power cut would lose does not matter here, and each clone of the template is several times faster. */
const FAST_AND_FORGETFUL = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
};

type TestServers = { stack: TestStack; stop(): Promise<void> };

/** One PostgreSQL with a migrated template database and one Redis, in a folder that `stop` deletes. */
export async function startTestServers(): Promise<TestServers> {
  const dir = await mkdtemp(join(tmpdir(), 'basecommerce-test-'));
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    await Promise.all(started.splice(0).map((server) => server.stop()));
    await rm(dir, { recursive: true, force: true });
  };
  const keep = <T extends { stop(): Promise<void> }>(server: T): T => {
    started.push(server);
    return server;
  };
  try {
    await chmod(dir, 0o711);
    const passwords = newRolePasswords();
    const [postgres, redis] = await Promise.all([
      startTestPostgres(join(dir, 'postgres'), passwords).then(keep),
      startTestRedisServer(join(dir, 'redis')).then(keep),
    ]);
    await makeTemplate(postgres, passwords);
    return { stack: { postgresPort: postgres.port, passwords, redisUrl: redis.url }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startTestPostgres(dir: string, passwords: RolePasswords): Promise<LocalPostgres> {
  return startPostgres({ dir, port: await freePort(), passwords, settings: FAST_AND_FORGETFUL });
}

async function startTestRedisServer(dir: string) {
  return startRedis({
    dir,
    port: await freePort(),
    password: randomBytes(12).toString('hex'),
    settings: { appendonly: 'no', databases: '500' },
  });
}

async function makeTemplate(postgres: LocalPostgres, passwords: RolePasswords): Promise<void> {
  await createRoles(postgres.superuserUrl('postgres'), passwords);
  await createDatabase(postgres, TEMPLATE_DATABASE);
  await migrateToLatest(postgres.url('bc_migrate', TEMPLATE_DATABASE), silentLogger);
  // A forgotten connection to the template would make every clone fail.
  await connected(postgres.superuserUrl('postgres'), async (client) => {
    await client.query(`alter database ${TEMPLATE_DATABASE} allow_connections false is_template true`);
  });
}
