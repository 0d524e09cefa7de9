import { createHash } from 'node:crypto';
import type pg from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { RateLimited } from '#platform/errors.ts';

export type LoginThrottle = {
  /** Counts one try before the password is looked at, so that parallel tries cannot slip by. Throws RateLimited. */
  attempt(account: string, address: string): Promise<void>;
  /** The password was right: the account's tries are forgotten. */
  forgive(account: string, address: string): Promise<void>;
};

const WINDOW_SECONDS = 15 * 60;
const TRIES_PER_ACCOUNT = 5;
const TRIES_PER_ADDRESS = 30;

/** Which sign-in it counts for; row-level security lets each process see the counters of its own scope alone. */
type Scope = 'console' | 'store';

/**
 * Slows down guessing: 5 tries per account and 30 per address in 15 minutes, counted in PostgreSQL, so that a restart or
 * a second process forgets nothing. While PostgreSQL is away the process counts in memory.
 */
export function createLoginThrottle(pool: pg.Pool, scope: Scope): LoginThrottle {
  const perAccount = limiter(pool, `${scope}-account`, TRIES_PER_ACCOUNT);
  const perAddress = limiter(pool, `${scope}-address`, TRIES_PER_ADDRESS);
  return {
    async attempt(account, address) {
      await consume(perAddress, address);
      await consume(perAccount, keyOf(account));
    },
    async forgive(account, address) {
      await perAccount.delete(keyOf(account));
      await perAddress.reward(address);
    },
  };
}

function limiter(pool: pg.Pool, keyPrefix: string, points: number): RateLimiterPostgres {
  return new RateLimiterPostgres({
    storeClient: pool,
    storeType: 'pool',
    schemaName: 'platform',
    tableName: 'login_throttle',
    tableCreated: true,
    keyPrefix,
    points,
    duration: WINDOW_SECONDS,
    insuranceLimiter: new RateLimiterMemory({ keyPrefix, points, duration: WINDOW_SECONDS }),
  });
}

async function consume(limiter: RateLimiterPostgres, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    // The library rejects with its state, which is no error, when the limit is reached.
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    throw new RateLimited(Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)));
  }
}

/** The table of counters is no list of who has an account. */
function keyOf(account: string): string {
  return createHash('sha256').update(account.trim().toLowerCase()).digest('base64url');
}
