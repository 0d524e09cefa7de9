import type { ErrorRequestHandler } from 'express';
import { AppError } from '#platform/errors.ts';
import { sendProblem } from '#platform/http/error-handler.ts';
import type { Logger } from '#platform/log/index.ts';

/** The addresses that programs use although they are not below /api; a browser never gets a login page from them. */
const FOR_PROGRAMS = new Set(['POST /auth/login', 'GET /auth/me', 'GET /auth/validate']);

export function problemsForPrograms(log: Logger): ErrorRequestHandler {
  return (thrown: unknown, req, res, next) => {
    if (!(thrown instanceof AppError) || !FOR_PROGRAMS.has(`${req.method} ${req.path}`)) {
      next(thrown);
      return;
    }
    log.debug({ requestId: res.locals.requestId, code: thrown.code }, 'a request was refused');
    if (thrown.retryAfterSeconds !== undefined) res.set('Retry-After', String(thrown.retryAfterSeconds));
    sendProblem(res, thrown);
  };
}
