import type { RequestHandler } from 'express';

/**
 * Lets the listed origins read the JSON API with a Bearer token. Never with credentials: a cookie must not work from
 * another site. An empty list lets nobody in.
 */
export function corsForApi(origins: readonly string[]): RequestHandler {
  return (req, res, next) => {
    const origin = req.get('Origin');
    res.vary('Origin');
    if (origin === undefined || !origins.includes(origin)) {
      next();
      return;
    }
    res.set('Access-Control-Allow-Origin', origin);
    if (req.method !== 'OPTIONS') {
      next();
      return;
    }
    res.set({
      'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
      'Access-Control-Allow-Headers': 'Authorization, Content-Type, Idempotency-Key, If-Match',
      'Access-Control-Max-Age': '600',
    });
    res.status(204).end();
  };
}
