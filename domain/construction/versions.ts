import { Conflict } from '#platform/errors.ts';

/**
 * Throws Conflict `version_conflict` when the row has moved on since the caller read it. Undefined `expected`: the caller
 * did not say what it read, and takes the row as it is.
 */
export function requireVersion(row: { version: number }, expected: number | undefined): void {
  if (expected !== undefined && expected !== row.version) throw versionConflict();
}

/** What a person saw in a form, and what they sent back. */
export type Edit<T> = { seen: Partial<T>; wanted: Partial<T> };

/**
 * The fields of a form that its person changed, so that two people who change different fields both get what they want,
 * and a form that is sent twice is not its own enemy. Throws Conflict `version_conflict` when somebody else meanwhile gave
 * one of those fields another value than both the seen and the wanted one.
 */
export function changedFields<T extends object>(
  current: T,
  { seen, wanted }: Edit<T>,
  isSame: (key: keyof T, a: unknown, b: unknown) => boolean,
): Partial<T> {
  const changes: Partial<T> = {};
  for (const key of Object.keys(wanted) as (keyof T)[]) {
    if (wanted[key] === undefined || isSame(key, wanted[key], current[key])) continue;
    if (key in seen && isSame(key, wanted[key], seen[key])) continue;
    if (key in seen && !isSame(key, current[key], seen[key])) throw versionConflict();
    Object.assign(changes, { [key]: wanted[key] });
  }
  return changes;
}

function versionConflict(): Conflict {
  return new Conflict(
    'version_conflict',
    'Somebody else changed this in the meantime. Look at it as it is now, then try again.',
  );
}
