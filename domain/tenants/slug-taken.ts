import { Conflict } from '#platform/errors.ts';

/** The refusal of a name that is somebody's: live, an alias, or in quarantine. */
export function slugTaken(slug: string): Conflict {
  const message = `“${slug}” is taken. Choose another address.`;
  return new Conflict('slug_taken', message, { fields: [{ path: 'slug', code: 'slug_taken', message }] });
}
