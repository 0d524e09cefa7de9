import type { ErrorRequestHandler, Request } from 'express';
import { findToken } from '#domain/tokens/index.ts';
import type { Caller, ConsoleContext } from '#console/context.ts';
import { NotAuthenticated } from '#platform/errors.ts';

/**
 * Who calls the API: the token in `Authorization: Bearer`, and nobody else. Cookies are not read, so no page of another
 * site can use an operator's session here.
 */
export async function callerOf(ctx: ConsoleContext, req: Request): Promise<Caller> {
  const address = req.ip === undefined ? {} : { ip: req.ip };
  const header = req.get('Authorization');
  if (header === undefined) return { actor: { kind: 'system', label: 'anonymous', ...address }, role: undefined };
  const secret = /^Bearer +(\S+)$/i.exec(header)?.[1];
  const token = secret === undefined ? undefined : await findToken(ctx, secret);
  if (!token) throw new NotAuthenticated('invalid_token', 'This token is unknown, expired or revoked.');
  return { actor: { kind: 'token', id: token.id, label: `token ${token.name}`, ...address }, role: token.role };
}

/** A 401 says which credentials would do (RFC 9110 §11.6.1). */
export const askForToken: ErrorRequestHandler = (error, _req, res, next) => {
  if (error instanceof NotAuthenticated) res.set('WWW-Authenticate', 'Bearer realm="console"');
  next(error);
};
