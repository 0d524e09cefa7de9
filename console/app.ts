import express, { type Express } from 'express';
import { mountAssets } from '#platform/http/assets.ts';
import { errorHandler, notFoundHandler } from '#platform/http/error-handler.ts';
import { measureRequests } from '#platform/http/measure.ts';
import { configureViews } from '#platform/http/render.ts';
import { mountRoutes } from '#platform/http/routes.ts';
import { requestIds, sameOriginOnly, securityHeaders } from '#platform/http/security.ts';
import { mountApi } from './api/index.ts';
import { createContextFactory, type ConsoleContext, type ConsoleParts } from './context.ts';
import { csrfProtection } from './middleware/csrf.ts';
import { readForms } from './middleware/forms.ts';
import { operatorLocals, ownPasswordFirst } from './middleware/operator.ts';
import { sessions } from './middleware/session.ts';
import { viewLocals } from './middleware/view-locals.ts';
import { pageRoutes } from './routes.ts';
import { createAuthenticator } from './sessions/authenticator.ts';
import { LOGIN_PATH } from './sessions/routes.ts';

/**
 * The operators' web application, without a socket. The order matters: what is common to every answer first, then the
 * API, which knows no cookies, then sessions and everything that trusts them.
 */
export function createConsoleApp(parts: ConsoleParts): Express {
  const app = express();
  const contextFor = createContextFactory(parts);
  const authenticator = createAuthenticator(parts, contextFor);

  app.disable('x-powered-by');
  if (parts.config.CONSOLE_URL.startsWith('https:')) believeNearestProxy(app);
  configureViews(app, 'layouts/console');
  app.locals.loginPath = LOGIN_PATH;
  app.use(measureRequests(parts.metrics.httpDuration), requestIds(), securityHeaders(), viewLocals(parts));
  mountAssets(app, new URL('./assets/', import.meta.url));
  mountApi(app, parts, contextFor);

  app.use(sameOriginOnly(), sessions(parts), ...authenticator.middleware);
  app.use(readForms, operatorLocals, csrfProtection, ownPasswordFirst);
  mountRoutes<ConsoleContext>(app, pageRoutes(authenticator), (req, res) =>
    contextFor(res.locals.requestId as string, callerOf(req)),
  );

  app.use(notFoundHandler, errorHandler(parts.log));
  return app;
}

/**
 * Whoever ends TLS in front of us, on a private network, tells the scheme and the caller. That one machine alone: operators
 * sit on private networks too, and what they say about themselves must not reach the audit log.
 */
function believeNearestProxy(app: Express): void {
  app.set('trust proxy', ['loopback', 'uniquelocal']);
  const isPrivate = app.get('trust proxy fn') as (address: string, hop: number) => boolean;
  app.set('trust proxy', (address: string, hop: number) => hop === 0 && isPrivate(address, hop));
}

function callerOf({ user, ip }: express.Request): Parameters<ReturnType<typeof createContextFactory>>[1] {
  const address = ip === undefined ? {} : { ip };
  if (user === undefined) return { actor: { kind: 'system', label: 'anonymous', ...address }, role: undefined };
  return {
    actor: { kind: 'operator', id: user.id, label: user.email, ...address },
    role: user.role,
    operator: user,
  };
}
