import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { AppError, MalformedRequest, NotFound, NotPermitted, Unavailable } from '#platform/errors.ts';
import type { Logger } from '#platform/log/index.ts';
import type { Translate } from './i18n.ts';
import { isPartial, renderPage, renderPartial } from './render.ts';

export const notFoundHandler: RequestHandler = () => {
  throw new NotFound();
};

/**
 * The one place that answers errors: `application/problem+json` for the API, a fragment for htmx, a page otherwise,
 * always with the true status. Logged once, here. An error we did not foresee shows the request id and nothing else.
 */
export function errorHandler(log: Logger): ErrorRequestHandler {
  return (thrown: unknown, req, res, next) => {
    const error = toAppError(thrown);
    const requestId = res.locals.requestId as string;
    const fields = { requestId, method: req.method, path: req.path, status: error?.status ?? 500, code: error?.code };
    if (error === undefined || error.status >= 500) log.error({ ...fields, err: thrown }, 'a request failed');
    else log[error.status === 403 ? 'info' : 'debug']({ ...fields, reason: error.message }, 'a request was refused');
    if (res.headersSent) {
      next(thrown);
      return;
    }
    void answer(error ?? UNFORESEEN, req, res).catch(next);
  };
}

const UNFORESEEN = new AppError(500, 'internal_error', 'Something went wrong on our side. Nothing was changed.');

async function answer(error: AppError, req: Request, res: Response): Promise<void> {
  if (error.retryAfterSeconds !== undefined) res.set('Retry-After', String(error.retryAfterSeconds));
  const title = wordsFor(res, `errors:heading_${error.status}`, error.message);
  const locals = { title, error, requestId: res.locals.requestId as string };
  if (wantsJson(req)) sendProblem(res, error);
  else if (error.status === 401) signInAgain(req, res);
  else if (isPartial(req)) {
    res.set({ 'HX-Retarget': '#flash', 'HX-Reswap': 'innerHTML' });
    await renderPartial(res, 'shared/_alert', locals, error.status);
  } else await renderPage(req, res, 'errors/show', locals, error.status);
}

/** A page that needs a session: the browser goes to the login page; htmx must be told, or it would swap that page in. */
function signInAgain(req: Request, res: Response): void {
  const login = `${req.app.locals.loginPath as string}?next=${encodeURIComponent(req.method === 'GET' ? req.originalUrl : '/')}`;
  if (isPartial(req)) res.status(401).set('HX-Redirect', login).end();
  else res.redirect(303, login);
}

function wantsJson(req: Request): boolean {
  return /^\/(api|internal)\//.test(req.path) || req.accepts(['html', 'json']) === 'json';
}

/** RFC 9457, with our stable `code`, the fields at fault and the id to quote. */
export function sendProblem(res: Response, error: AppError): void {
  res
    .status(error.status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: 'about:blank',
        title: wordsFor(res, `errors:${error.code}`, error.message),
        status: error.status,
        code: error.code,
        ...(error.fields.length > 0 && {
          errors: error.fields.map((f) => ({ ...f, message: wordsFor(res, `fields:${f.code}`, f.message) })),
        }),
        ...error.members,
        trace_id: res.locals.requestId as string,
      }),
    );
}

/** In the language of the request, where its process has words under `key`. */
function wordsFor(res: Response, key: string, fallback: string): string {
  const t = res.locals.t as Translate | undefined;
  return t ? t(key, { defaultValue: fallback }) : fallback;
}

const DATABASE_AWAY = /^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|57P0[123]|53300|08\w{3})$/;

/**
 * What no keyboard types and the database takes in no text: a NUL, half a surrogate pair. Or a cursor that was made for
 * another order of the list, and has a name where the time should be.
 */
function isUnfitText({ message }: Error, code: string | undefined): boolean {
  return code === '22021' || code === '22007' || (code === '22P02' && /type json/.test(message));
}

/** Gives the errors of express, the body parser, the CSRF check and a database that is away their HTTP meaning. */
function toAppError(thrown: unknown): AppError | undefined {
  if (thrown instanceof AppError) return thrown;
  if (!(thrown instanceof Error)) return undefined;
  const { code, status } = thrown as Error & { code?: string; status?: number };
  if (code === 'EBADCSRFTOKEN')
    return new NotPermitted(
      'csrf_failed',
      'This form is too old or came from another site. Reload the page and send it again.',
    );
  if (
    (code && DATABASE_AWAY.test(code)) ||
    /timeout exceeded when trying to connect|Connection terminated/.test(thrown.message)
  )
    return new Unavailable(
      'database_unavailable',
      'The database does not answer. Nothing was changed; try again shortly.',
      {
        retryAfterSeconds: 5,
      },
    );
  if (status === 400 || isUnfitText(thrown, code))
    return new MalformedRequest('malformed_request', 'The request could not be read.', { cause: thrown });
  if (status === 413) return new AppError(413, 'too_large', 'The request is too large.');
  if (status === 415)
    return new AppError(415, 'unsupported_encoding', 'Send the request in UTF-8, as it is or gzipped.');
  return undefined;
}
