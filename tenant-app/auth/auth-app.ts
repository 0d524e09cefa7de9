import express, { type Express } from 'express';
import type { TokenKeys } from '#platform/auth/tokens.ts';
import type { Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config/index.ts';
import { mountAssets } from '#platform/http/assets.ts';
import { errorHandler, notFoundHandler } from '#platform/http/error-handler.ts';
import { createTranslator } from '#platform/http/i18n.ts';
import { measureRequests } from '#platform/http/measure.ts';
import { configureViews } from '#platform/http/render.ts';
import { mountRoutes } from '#platform/http/routes.ts';
import { requestIds, sameOriginOnly, securityHeaders } from '#platform/http/security.ts';
import type { Logger } from '#platform/log/index.ts';
import type { Metrics } from '#platform/metrics/index.ts';
import { createCsrfTokens } from '#tenant-app/middleware/csrf.ts';
import { edgeOnly } from '#tenant-app/middleware/edge-only.ts';
import { pageLocals } from '#tenant-app/middleware/page-locals.ts';
import { AUTH_TEXTS } from './auth-texts.ts';
import { createAuthContexts } from './context.ts';
import { createSessionCookie } from './cookie.ts';
import { problemsForPrograms } from './problems.ts';
import { authRoutes } from './routes.ts';
import type { Vertical } from './vertical.ts';

/** What the auth process is made of. It has no database: who somebody is, the store's app knows. */
type AuthParts = {
  config: Pick<Config<'auth'>, 'SECRET_KEY' | 'EDGE_AUTH_SECRET' | 'TENANTS_DIR' | 'STORE_URL_TEMPLATE'>;
  keys: TokenKeys;
  vertical: Vertical;
  metrics: Pick<Metrics, 'httpDuration'>;
  log: Logger;
  clock: Clock;
};

const MAX_BODY = '16kb';

/** The edge's sign-in as a function of requests. */
export function createAuthApp(parts: AuthParts): Express {
  const { config, log, clock, keys, vertical } = parts;
  const app = express();
  configureViews(app, 'layouts/store-bare');
  app.disable('x-powered-by');
  // The edge is the only one that gets in, and it replaces X-Forwarded-For by the one true address.
  app.set('trust proxy', 1);
  app.locals.loginPath = '/auth/login';

  app.use(measureRequests(parts.metrics.httpDuration), requestIds(), securityHeaders());
  app.use(pageLocals(createTranslator(AUTH_TEXTS)), edgeOnly(config.EDGE_AUTH_SECRET));
  mountAssets(app, new URL('../assets/', import.meta.url), '/auth/assets');
  app.use(sameOriginOnly());
  app.use(express.json({ limit: MAX_BODY }), express.urlencoded({ limit: MAX_BODY }));
  mountRoutes(
    app,
    authRoutes,
    createAuthContexts(config.TENANTS_DIR, {
      keys,
      vertical,
      clock,
      cookie: createSessionCookie(config.STORE_URL_TEMPLATE.startsWith('https:')),
      csrf: createCsrfTokens(config.SECRET_KEY),
    }),
  );
  app.use(notFoundHandler, problemsForPrograms(log), errorHandler(log));
  return app;
}
