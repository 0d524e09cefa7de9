/** The full path of a program, looked for in PATH and the sbin folders. */
export function findBinary(name: string): string | undefined;
/** The folder holding `postgres`, `initdb` … of the newest PostgreSQL that is at least major version `oldest`. */
export function findPostgresBin(oldest?: number): string | undefined;
/** The full path of a `redis-server` of at least major version `oldest`. */
export function findRedis(oldest?: number): string | undefined;
