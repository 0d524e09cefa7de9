const HOME = '/web/dashboard';
/** Only its origin matters: an address that leaves it is not ours. */
const HERE = 'http://store.invalid';

/**
 * Where to go after signing in, or after a form that was a detour: an address of this store's pages, or `otherwise` for
 * anything else. An open redirect would let a link to our pages end on someone else's copy of them.
 */
export function safeNext(wanted: unknown, otherwise = HOME): string {
  if (typeof wanted !== 'string' || !URL.canParse(wanted, HERE)) return otherwise;
  const { origin, pathname, search } = new URL(wanted, HERE);
  return origin === HERE && pathname.startsWith('/web/') ? `${pathname}${search}` : otherwise;
}
