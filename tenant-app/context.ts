import type { LoginThrottle } from '#platform/auth/throttle.ts';
import type { TokenKeys } from '#platform/auth/tokens.ts';
import type { Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config/index.ts';
import type { Database } from '#platform/db/index.ts';
import type { CursorCodec } from '#platform/http/cursor.ts';
import type { Logger } from '#platform/log/index.ts';
import type { Metrics } from '#platform/metrics/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';

/** What the store's app is made of. Nothing in it listens: server.ts opens it for real, tests open it their way. */
export type AppParts = {
  config: Pick<
    Config<'app'>,
    | 'SECRET_KEY'
    | 'PREVIOUS_SECRET_KEY'
    | 'ACCESS_TOKEN_EXPIRE_MINUTES'
    | 'EDGE_AUTH_SECRET'
    | 'CORS_ORIGINS'
    | 'STORE_URL_TEMPLATE'
  >;
  database: Database;
  metrics: Pick<Metrics, 'httpDuration'>;
  log: Logger;
  clock: Clock;
  keys: TokenKeys;
};

/** What every handler of the app takes first, for a page as for the API: the store's context and what HTTP adds. */
export type RequestContext = StoreContext & { cursors: CursorCodec; throttle: LoginThrottle };
