import knex, { type Knex } from 'knex';
import pg from 'pg';
import { ignoreBecause } from '#platform/errors.ts';
import type { Logger } from '#platform/log/index.ts';
import { knexLog } from './knex-log.ts';

/** A query builder: the pool, or one transaction of it. */
export type Db = Knex;

export type Database = {
  db: Db;
  /** The pool under `db`, for libraries that speak pg themselves (sessions, the job queue). */
  pool: pg.Pool;
  /** Resolves when the server answers, rejects with pg's error when it does not. */
  ping(): Promise<void>;
  stop(): Promise<void>;
};

type Options = {
  url: string;
  poolMax: number;
  applicationName: string;
  log: Logger;
  /**
   * Ends the transactions of a process that was stopped in the middle of one, so that another can take its work over. Off by
   * default. Units: ms.
   */
  idleInTransactionMs?: number;
  /** A lock that somebody else holds for longer is a failure to try again, and none of the work. Off by default. Units: ms. */
  lockTimeoutMs?: number;
  /**
   * For a process whose statements each touch a few rows of tables that may be huge: no plan may read a whole table, whatever
   * the statistics said when it was made. A plan that is kept from when today's partition was empty would. Off by default.
   */
  neverScan?: boolean;
  /** Sends statements without waiting for the answers of those before them. Off by default. */
  pipeline?: boolean;
};

/** Time limits, so that a sick database makes an error and never a hanging page. Units: ms. */
const CONNECT_TIMEOUT_MS = 3000;
const STATEMENT_TIMEOUT_MS = 15_000;

/** A scan without an alternative is still done, at a fancied cost for which jit would compile it. */
const NEVER_SCAN = '-c enable_seqscan=off -c jit=off';

/**
 * Opens a pool of at most `poolMax` connections (the budget is in docs/architecture.md). Nothing connects before the
 * first query. Dates stay `YYYY-MM-DD` strings: pg would turn them into local midnights.
 */
export function openDatabase(wanted: Options): Database {
  const { url, poolMax, applicationName, log, pipeline, neverScan } = wanted;
  const pool = new pg.Pool({
    connectionString: url,
    max: poolMax,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: wanted.lockTimeoutMs ?? 0,
    idle_in_transaction_session_timeout: wanted.idleInTransactionMs ?? 0,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    pipeline: pipeline ?? false,
    ...(neverScan && { options: NEVER_SCAN }),
    types: {
      getTypeParser: (oid, format) =>
        oid === pg.types.builtins.DATE ? (text: string) => text : pg.types.getTypeParser(oid, format),
    },
  });
  // Without a listener an idle connection that PostgreSQL closes would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'));
  // The same for a connection that is checked out but runs no query just then; its next query reports the loss.
  pool.on('connect', (client) => client.on('error', ignoreBecause('the next query fails with the same reason')));
  const db = knex({ client: 'pg', connectionPool: pool, log: knexLog(log) } as Knex.Config);
  return {
    db,
    pool,
    async ping() {
      await pool.query('select 1');
    },
    async stop() {
      // In this order: the pool waits for the queries that still run, and they need knex to give their connections back.
      await pool.end();
      await db.destroy();
    },
  };
}
