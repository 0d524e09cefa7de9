import type { Request, Response } from 'express';
import { AppError, Conflict, MalformedRequest, NotFound } from '#platform/errors.ts';
import { toPage, type Keyset, type Page } from '#platform/http/cursor.ts';
import type { Handler } from '#platform/http/routes.ts';
import { isId } from '#platform/ids.ts';
import { answerOnce, type Answer } from '#domain/construction/idempotency/index.ts';
import type { RequestContext } from '#tenant-app/context.ts';

/** The id in the address. One that cannot be an id is answered like one of another store: there is nothing there. */
export function idIn(req: Request, name = 'id'): string {
  const id = req.params[name];
  if (!isId(id)) throw new NotFound();
  return id;
}

/** Sends one resource with its version as ETag, for a later If-Match. */
export function sendResource(res: Response, resource: object & { version: number }): void {
  res.set('ETag', etagOf(resource.version)).json(resource);
}

function etagOf(version: number): string {
  return `"v${version}"`;
}

/** The version that If-Match names; undefined when the client does not care. */
function ifMatch(req: Request): number | undefined {
  const header = req.get('If-Match');
  if (header === undefined || header === '*') return undefined;
  const version = /^"v(\d{1,9})"$/.exec(header)?.[1];
  if (version === undefined)
    throw new MalformedRequest('bad_if_match', 'If-Match takes the ETag of the resource, like "v3".');
  return Number(version);
}

/** Runs a change under the request's If-Match: 412 when the resource has moved on since the client read it. */
export async function underIfMatch<T>(req: Request, change: (version: number | undefined) => Promise<T>): Promise<T> {
  try {
    return await change(ifMatch(req));
  } catch (error) {
    if (error instanceof Conflict && error.code === 'version_conflict')
      throw new AppError(412, 'precondition_failed', 'The resource has changed since you read it.', { cause: error });
    throw error;
  }
}

type Command = (ctx: RequestContext, req: Request) => Promise<Answer>;

/**
 * Turns a command into the handler of a POST: with an Idempotency-Key it runs once and repeats its answer. Nothing is sent
 * before the transaction has committed.
 */
export function once(command: Command): Handler<RequestContext> {
  return async (ctx, req, res) => {
    const key = req.get('Idempotency-Key');
    if (key !== undefined && (key === '' || key.length > 200))
      throw new MalformedRequest('bad_idempotency_key', 'An Idempotency-Key has 1 to 200 characters.');
    const { status, body } = key === undefined ? await command(ctx, req) : await runOnce(ctx, req, { key, command });
    const version = (body as { version?: number }).version;
    if (version !== undefined) res.set('ETag', etagOf(version));
    res.status(status).json(body);
  };
}

function runOnce(ctx: RequestContext, req: Request, { key, command }: { key: string; command: Command }) {
  const route = `${req.method} ${req.path}`;
  return answerOnce(ctx, { key, route, body: req.body }, (tx) => command({ ...ctx, ...tx }, req));
}

export const DEFAULT_LIMIT = 50;

type Listing<R> = {
  limit: number;
  cursor: string | undefined;
  list: (page: { limit: number; after: Keyset | undefined }) => Promise<R[]>;
  keyOf: (row: R) => Keyset;
};

/** One page of a list, from wherever the cursor says. */
export async function pageOf<R>(ctx: RequestContext, { limit, cursor, list, keyOf }: Listing<R>): Promise<Page<R>> {
  const rows = await list({ limit, after: ctx.cursors.decode(cursor) });
  return toPage(rows, limit, ctx.cursors, keyOf);
}

/** The page as JSON: `{items, next_cursor, has_more}`. */
export function sendPage<R>(res: Response, page: Page<R>, toResource: (row: R) => object): void {
  res.json({ ...page, items: page.items.map(toResource) });
}
