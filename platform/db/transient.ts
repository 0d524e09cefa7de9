import pg from 'pg';

/** SQLSTATE classes: connection, transaction rollback (deadlock), resources, operator intervention, system error. */
const TRANSIENT_CLASSES = new Set(['08', '40', '53', '57', '58']);
/** Somebody else held the lock for too long; we were so slow that our transaction was ended. */
const TRANSIENT_CODES = new Set(['55P03', '25P03']);
/** Class 57 too, but it is the statement that took too long, and it will again. */
const QUERY_CANCELED = '57014';

/** What the drivers say of a lost connection, which has no SQLSTATE. knex puts the statement before it. */
const CONNECTION_LOST =
  /(^| - )(Connection terminated|timeout exceeded when trying to connect|Client (has encountered a connection error|was closed))/;

/**
 * True when the database was away or busy, so that the same work may succeed later; false when it refused the work
 * itself.
 */
export function isTransientFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof pg.DatabaseError) return isTransientCode(error.code ?? '');
  return (
    typeof (error as NodeJS.ErrnoException).syscall === 'string' ||
    error.name === 'KnexTimeoutError' ||
    CONNECTION_LOST.test(error.message)
  );
}

function isTransientCode(code: string): boolean {
  return TRANSIENT_CODES.has(code) || (code !== QUERY_CANCELED && TRANSIENT_CLASSES.has(code.slice(0, 2)));
}

/** True when PostgreSQL ended a statement because it took too long, so that it would again. */
export function isStatementTimeout(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === QUERY_CANCELED;
}
