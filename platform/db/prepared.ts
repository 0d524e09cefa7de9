import type { Db } from './database.ts';

/**
 * Runs a statement that PostgreSQL parses once per connection and, after a few runs, plans once: for the few statements that
 * run for each batch of events, of which planning is the larger part. `name` must be the statement's own; one name with two
 * texts is an error.
 */
export async function runPrepared<T>(
  db: Db,
  name: string,
  sql: string,
  bindings: readonly unknown[] | Record<string, unknown>,
): Promise<T> {
  return db.raw<T>(sql, bindings as never).options({ name }) as Promise<T>;
}
