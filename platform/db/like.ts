/** `text` for a LIKE or ILIKE pattern; `%`, `_` and `\` in it are just characters. */
export function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}

/** A LIKE or ILIKE pattern that finds `text` anywhere. */
export function containing(text: string): string {
  return `%${escapeLike(text)}%`;
}
