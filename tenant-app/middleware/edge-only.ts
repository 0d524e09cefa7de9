import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { NotPermitted } from '#platform/errors.ts';

/**
 * Lets in only what came through the edge, which alone knows the secret and always overwrites the headers it sets. Without
 * this, whoever reaches the port could name any store. Hashing first makes the comparison constant-time for any length.
 */
export function edgeOnly(secret: string): RequestHandler {
  const wanted = digest(secret);
  return (req, _res, next) => {
    if (!timingSafeEqual(digest(req.get('X-Edge-Auth') ?? ''), wanted))
      throw new NotPermitted('edge_only', 'This address answers only through the edge.');
    next();
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
