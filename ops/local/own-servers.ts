import type { LocalSettings } from '#platform/config/local-stack.ts';
import { openDatabase, reachDatabase } from '#platform/db/index.ts';
import { toError, Unavailable } from '#platform/errors.ts';
import { silentLogger } from '#platform/log/index.ts';
import { openRedis } from '#platform/redis/index.ts';

const AS_SET_UP = { applicationName: 'set-up', name: 'set-up', log: silentLogger };

/** Throws one error that names each server of the environment which does not answer, before anything is started for it. */
export async function refuseSilentServers(settings: Pick<LocalSettings, 'DATABASE_URL' | 'REDIS_URL'>): Promise<void> {
  const { DATABASE_URL, REDIS_URL } = settings;
  const problems = await Promise.all([
    DATABASE_URL && problemOf('DATABASE_URL', lookAtPostgres(DATABASE_URL)),
    REDIS_URL && problemOf('REDIS_URL', lookAtRedis(REDIS_URL)),
  ]);
  const lines = problems.filter(Boolean);
  if (lines.length > 0) throw new Unavailable('own_servers_unavailable', lines.join('\n'));
}

function problemOf(key: string, look: Promise<void>): Promise<string | undefined> {
  return look.then(
    () => undefined,
    (error: unknown) => `${key}: ${toError(error).message}`,
  );
}

/** Asks the server and not the database that the URL names: the start makes that one. */
async function lookAtPostgres(given: string): Promise<void> {
  const url = new URL(given);
  url.pathname = '/postgres';
  const database = openDatabase({ url: url.href, poolMax: 1, ...AS_SET_UP });
  try {
    await reachDatabase(database, url.href);
  } finally {
    await database.stop();
  }
}

async function lookAtRedis(url: string): Promise<void> {
  const redis = await openRedis({ url, ...AS_SET_UP });
  await redis.stop();
}
