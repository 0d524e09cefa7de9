import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import helmet from 'helmet';
import { NotPermitted } from '#platform/errors.ts';

/**
 * Headers of every answer. Scripts and styles come from our own files only: no inline code, so injected markup stays text.
 * HSTS is the edge's to send, which knows whether the outside is TLS.
 */
export function securityHeaders(): RequestHandler {
  return helmet({
    strictTransportSecurity: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'https:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'same-origin' },
  });
}

const REQUEST_ID = /^[\w-]{8,64}$/;

/** Takes the edge's request id or makes one; it is in every log line, audit row and error page of the request. */
export function requestIds(): RequestHandler {
  return (req, res, next) => {
    const given = req.get('X-Request-Id');
    res.locals.requestId = given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
    res.set('X-Request-Id', res.locals.requestId as string);
    next();
  };
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses unsafe requests that a browser says come from another origin. Every store is same-site with every other, so
 * SameSite cookies do not stop one store's page from posting to another; this and the CSRF token do. A Bearer token travels
 * only when somebody sends it on purpose, and from another origin only after CORS allowed it.
 */
export function sameOriginOnly(): RequestHandler {
  return (req, _res, next) => {
    const isHarmless = SAFE_METHODS.has(req.method) || /^Bearer \S+$/.test(req.get('Authorization') ?? '');
    if (!isHarmless && comesFromElsewhere(req))
      throw new NotPermitted('cross_site_request', 'This request came from another site and was refused.');
    next();
  };
}

/** Old browsers, and any browser where there is no TLS, send no Sec-Fetch-Site; all say the Origin of a form. */
function comesFromElsewhere(req: Request): boolean {
  const site = req.get('Sec-Fetch-Site');
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const origin = req.get('Origin');
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).hostname !== req.hostname);
}
