import pg from 'pg';

const UNIQUE_VIOLATION = '23505';

/** True when `error` is PostgreSQL refusing a duplicate, of `constraint` when one is named. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return (
    error instanceof pg.DatabaseError &&
    error.code === UNIQUE_VIOLATION &&
    (constraint === undefined || error.constraint === constraint)
  );
}
