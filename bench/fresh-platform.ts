import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import {
  freePorts,
  makePlatformDir,
  removePlatform,
  startPlatform,
  type SpawnedPlatform,
} from '#tests/support/spawned-platform.ts';

/** Starts a platform in an empty folder for `use`, and leaves neither of them behind. */
export async function onFreshPlatform<T>(use: (platform: SpawnedPlatform) => Promise<T>): Promise<T> {
  const dir = await makePlatformDir();
  try {
    const platform = await startPlatform(dir, await freePorts());
    try {
      return await use(platform);
    } finally {
      await platform.stop();
    }
  } finally {
    await removePlatform(dir);
  }
}

/** Works on a platform's database past every rule of the application: for filling it. */
export async function asSuperuser(
  { dir, ports }: SpawnedPlatform,
  use: (query: (sql: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const secrets = JSON.parse(await readFile(join(dir, 'secrets.json'), 'utf8')) as { database: { postgres: string } };
  const client = new pg.Client({
    host: '127.0.0.1',
    port: ports.LOCAL_POSTGRES_PORT!,
    user: 'postgres',
    password: secrets.database.postgres,
    database: 'basecommerce',
  });
  await client.connect();
  try {
    await use(async (sql) => void (await client.query(sql)));
  } finally {
    await client.end();
  }
}
