/**
 * Where to go after signing in: a path of ours, never another site. `//evil.example` and `/\evil.example` are other sites
 * to a browser; so is anything with a control character in it, which browsers drop before they look.
 */
export function safeNext(wanted: unknown): string {
  return typeof wanted === 'string' && /^\/(?![/\\])[\x21-\x7e]*$/.test(wanted) ? wanted : '/';
}
