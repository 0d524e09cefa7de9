import type { Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config/index.ts';
import { createLoginThrottle, type LoginThrottle } from '#platform/auth/throttle.ts';
import { createSealer, type Sealer } from '#platform/auth/seal.ts';
import { createContext, type Actor, type Context } from '#platform/context.ts';
import type { Database } from '#platform/db/index.ts';
import { createCursorCodec, type CursorCodec } from '#platform/http/cursor.ts';
import type { PublicLookup } from '#platform/http/public-host.ts';
import type { Logger } from '#platform/log/index.ts';
import type { Metrics } from '#platform/metrics/index.ts';
import type { RedisConnection } from '#platform/redis/index.ts';
import type { Operator, Role } from '#domain/operators/index.ts';
import type { Notifications } from './notifications.ts';

/** What a console is made of. Nothing in it listens or has a timer: server.ts opens it for real, tests open it their way. */
export type ConsoleParts = {
  config: Pick<
    Config<'console'>,
    'CONSOLE_URL' | 'NODE_ENV' | 'SECRET_KEY' | 'ENVIRONMENT_NAME' | 'STORE_URL_TEMPLATE' | 'BASE_DOMAIN'
  >;
  database: Database;
  redis: RedisConnection;
  metrics: Metrics;
  notifications: Notifications;
  log: Logger;
  clock: Clock;
  lookup: PublicLookup;
};

/** What every handler of the console takes first, for a page as for the API. */
export type ConsoleContext = Context & {
  /** What the caller may do; undefined for someone who has not signed in. */
  role: Role | undefined;
  /** The signed-in person; undefined for an API token and before sign-in. */
  operator: Operator | undefined;
  cursors: CursorCodec;
  /** For what must rest in a session and be read by nobody else. */
  sealer: Sealer;
  /** Counts the tries of whoever says a password. */
  throttle: LoginThrottle;
  notifications: Notifications;
  /** For the cross-check of streams only; it may be away, and then its calls fail at once. */
  redis: RedisConnection;
  /** For proofs of stores' own domains. */
  lookup: PublicLookup;
  /** `<slug>.<baseDomain>` is a store's host. */
  baseDomain: string;
  /** Where a store can be visited. */
  storeUrl(slug: string): string;
};

export type Caller = { actor: Actor; role: Role | undefined; operator?: Operator };

/** Builds the contexts of one console. The request's id and caller differ, the rest is shared. */
export function createContextFactory(parts: ConsoleParts): (requestId: string, caller: Caller) => ConsoleContext {
  const cursors = createCursorCodec(parts.config.SECRET_KEY);
  const sealer = createSealer(parts.config.SECRET_KEY, 'session');
  const throttle = createLoginThrottle(parts.database.pool, 'console');
  const storeUrl = (slug: string) => parts.config.STORE_URL_TEMPLATE.replace('{slug}', slug);
  return (requestId, { actor, role, operator }) => ({
    ...createContext({
      db: parts.database.db,
      log: parts.log.child({ requestId }),
      clock: parts.clock,
      actor,
      requestId,
    }),
    role,
    operator,
    cursors,
    sealer,
    throttle,
    notifications: parts.notifications,
    redis: parts.redis,
    lookup: parts.lookup,
    baseDomain: parts.config.BASE_DOMAIN,
    storeUrl,
  });
}
