import express, { type Express } from 'express';
import { createContext, type Actor } from '#platform/context.ts';
import { createLoginThrottle } from '#platform/auth/throttle.ts';
import { mountAssets } from '#platform/http/assets.ts';
import { createCursorCodec } from '#platform/http/cursor.ts';
import { errorHandler, notFoundHandler } from '#platform/http/error-handler.ts';
import { createTranslator } from '#platform/http/i18n.ts';
import { measureRequests } from '#platform/http/measure.ts';
import { configureViews } from '#platform/http/render.ts';
import { mountRoutes } from '#platform/http/routes.ts';
import { requestIds, sameOriginOnly, securityHeaders } from '#platform/http/security.ts';
import { createSessionCookie } from './auth/cookie.ts';
import { mountInternalAuth } from './auth/internal.ts';
import type { AppParts } from './context.ts';
import { STORE_ROUTES } from './features.ts';
import { corsForApi } from './middleware/cors.ts';
import { createCsrfTokens } from './middleware/csrf.ts';
import { edgeOnly } from './middleware/edge-only.ts';
import { foreignSessions } from './middleware/foreign-sessions.ts';
import { ownPasswordFirst } from './middleware/own-password.ts';
import { pageLocals } from './middleware/page-locals.ts';
import { createRequestContexts } from './middleware/session.ts';
import { createStoreDirectory } from './middleware/store-directory.ts';
import { storeFormats } from './middleware/store-formats.ts';
import { resolveStore, storeOf } from './middleware/store.ts';
import { sendThemeSheet } from './theme-sheet.ts';
import { STORE_TEXTS } from './texts.ts';

const NOBODY: Actor = { kind: 'system', label: 'store app' };
const MAX_BODY = '256kb';

/**
 * The store's app as a function of requests. In order: who may come at all, which store, which language, which person;
 * then the routes; then one answer to every error.
 */
export function createStoreApp(parts: AppParts): Express {
  const { config, log, clock, keys } = parts;
  const base = createContext({ db: parts.database.db, log, clock, actor: NOBODY, requestId: 'none' });
  const locals = pageLocals(createTranslator(STORE_TEXTS));
  const throttle = createLoginThrottle(parts.database.pool, 'store');
  const app = express();
  configureViews(app, 'layouts/store-bare');
  app.disable('x-powered-by');
  // The edge is the only one that gets in, and it replaces X-Forwarded-For by the one true address.
  app.set('trust proxy', 1);
  app.locals.loginPath = '/auth/login';

  app.use(measureRequests(parts.metrics.httpDuration), requestIds(), securityHeaders(), locals);
  app.use(edgeOnly(config.EDGE_AUTH_SECRET));
  mountAssets(app, new URL('./assets/', import.meta.url));
  app.use(resolveStore(createStoreDirectory(base)), locals, storeFormats(clock));
  app.get('/web/theme.css', (req, res) => {
    const { branding } = storeOf(res);
    sendThemeSheet(req, res, { ...branding, version: branding.themeVersion });
  });
  app.use(express.json({ limit: MAX_BODY }), express.urlencoded({ limit: MAX_BODY }));
  mountInternalAuth(app, base, { ...parts, throttle });
  app.use('/api', corsForApi(config.CORS_ORIGINS));
  app.use(sameOriginOnly());
  mountRoutes(
    app,
    STORE_ROUTES,
    createRequestContexts(base, {
      keys,
      cookie: createSessionCookie(config.STORE_URL_TEMPLATE.startsWith('https:')),
      csrf: createCsrfTokens(config.SECRET_KEY),
      cursors: createCursorCodec(config.SECRET_KEY),
      throttle,
    }),
  );
  app.use(notFoundHandler, foreignSessions, ownPasswordFirst, errorHandler(log));
  return app;
}
