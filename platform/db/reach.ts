import { Unavailable, toError } from '#platform/errors.ts';
import type { Database } from './database.ts';

/** Where a database is, without the password that its URL holds. */
function placeOf(url: string): string {
  const { hostname, port, pathname, username } = new URL(url);
  return `${hostname}:${port || 5432}${pathname} as ${username}`;
}

/**
 * Resolves when PostgreSQL answers. Throws {@link Unavailable} `database_unavailable` with a sentence that names the place
 * and the reason, for a process that cannot start without it.
 */
export async function reachDatabase(database: Database, url: string): Promise<void> {
  try {
    await database.ping();
  } catch (thrown) {
    const error = toError(thrown) as NodeJS.ErrnoException;
    const reason = error.code ?? error.message;
    throw new Unavailable('database_unavailable', `PostgreSQL at ${placeOf(url)} does not answer (${reason}).`, {
      cause: error,
    });
  }
}
