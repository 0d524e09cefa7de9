import { toError, Unavailable } from '#platform/errors.ts';
import { openDatabase, type Database } from './database.ts';
import { refuseUnsafeRole } from './role-check.ts';

type Options = Parameters<typeof openDatabase>[0];

/**
 * Opens the database of a process that serves, and only when it may be used: PostgreSQL answers, and row-level security
 * binds the role. Throws {@link Unavailable} `database_unavailable` with a sentence that names the place and the reason,
 * or UnsafeDatabaseRole.
 */
export async function openServiceDatabase(options: Options): Promise<Database> {
  const database = openDatabase(options);
  try {
    await reachDatabase(database, options.url);
    await refuseUnsafeRole(database.db);
    return database;
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** Resolves when the server answers. Throws {@link Unavailable} `database_unavailable` that names the place and the reason. */
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

/** Where a database is, without the password that its URL holds. */
function placeOf(url: string): string {
  const { hostname, port, pathname, username } = new URL(url);
  return `${hostname}:${port || 5432}${pathname} as ${username}`;
}
