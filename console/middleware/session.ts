import { promisify } from 'node:util';
import connectPgSimple from 'connect-pg-simple';
import type { Request, RequestHandler } from 'express';
import session from 'express-session';
import type { ConsoleParts } from '#console/context.ts';

const TWELVE_HOURS_MS = 12 * 3_600_000;
const PRUNE_EVERY_SECONDS = 900;

/** A session ends 12 h after the last request. It lives beside the operators, so that ending it is a matter of SQL. */
export function sessions({ config, database, log }: ConsoleParts): RequestHandler {
  const Store = connectPgSimple(session);
  const overTls = config.CONSOLE_URL.startsWith('https:');
  return session({
    name: overTls ? '__Host-bc_console' : 'bc_console',
    secret: config.SECRET_KEY,
    store: new Store({
      pool: database.pool,
      schemaName: 'platform',
      tableName: 'sessions',
      createTableIfMissing: false,
      pruneSessionInterval: PRUNE_EVERY_SECONDS,
      errorLog: (message, error) => log.warn({ err: error }, String(message)),
    }),
    resave: false,
    saveUninitialized: false,
    rolling: true,
    cookie: { httpOnly: true, sameSite: 'lax', secure: overTls, maxAge: TWELVE_HOURS_MS, path: '/' },
  });
}

/**
 * Resolves when what was put into the session is kept. By itself that happens while the answer is already under way: a
 * browser that follows a redirect at once would find the session as it was before.
 */
export function keepSession({ session: current }: Request): Promise<void> {
  return promisify(current.save.bind(current))();
}
