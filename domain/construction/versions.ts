import { Conflict } from '#platform/errors.ts';

/**
 * Throws Conflict `version_conflict` when the row has moved on since the caller read it. Undefined `expected`: the caller
 * did not say what it read, and takes the row as it is.
 */
export function requireVersion(row: { version: number }, expected: number | undefined): void {
  if (expected === undefined || expected === row.version) return;
  throw new Conflict(
    'version_conflict',
    'Somebody else changed this in the meantime. Look at it as it is now, then try again.',
  );
}
