const HOME = '/web/dashboard';
/** Only its origin matters: an address that leaves it is not ours. */
const HERE = 'http://store.invalid';

/**
 * Where to go after signing in: an address of this store's pages, or its dashboard for anything else. An open redirect
 * would let a link to our login page end on someone else's copy of it.
 */
export function safeNext(wanted: unknown): string {
  if (typeof wanted !== 'string' || !URL.canParse(wanted, HERE)) return HOME;
  const { origin, pathname, search } = new URL(wanted, HERE);
  return origin === HERE && pathname.startsWith('/web/') ? `${pathname}${search}` : HOME;
}
