import type { Knex } from 'knex';
import type { Logger } from '#platform/log/index.ts';

/** What knex has to say goes to our log: by itself it writes to standard output, where the answer of a command belongs. */
export function knexLog(log: Logger): Knex.Logger {
  return {
    // Of a connection it did not get, with a stack trace. The same is thrown, and told by whoever asked for the query.
    warn: (message: string) => log.debug({ reason: message.split('\n', 1)[0] }, 'knex warns'),
    error: (message: string) => log.error({ reason: message }, 'knex failed'),
    deprecate: (method, alternative) => log.warn({ method, alternative }, 'knex calls this deprecated'),
    debug: (message: unknown) => log.debug({ message }, 'knex'),
  };
}
