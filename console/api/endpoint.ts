import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import express, { type Request, type Response } from 'express';
import { z } from 'zod';
import { answerOnce, type Answer } from '#domain/idempotency/index.ts';
import { parseInput } from '#platform/http/parse.ts';
import type { Guard, Method, Route } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import type { Sealer } from '#platform/auth/seal.ts';

/** What an endpoint reads: parts that it did not declare are empty objects. */
type Input<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = {
  params: z.output<P>;
  query: z.output<Q>;
  body: z.output<B>;
  /** The version in `If-Match: "v3"`, when the caller sent one. */
  ifMatch: number | undefined;
};

type Reply<R extends z.ZodType> = {
  body: z.input<R>;
  headers?: Record<string, string>;
  /** One of `otherAnswers`; without it the endpoint's own. */
  status?: number;
};

/** One line of the API's map: what the OpenAPI document says and what the code reads and answers are the same schemas. */
type EndpointSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType> = {
  method: Method;
  /** Below `/api/v1`, parameters as `:slug`. */
  path: string;
  guard: Guard<ConsoleContext>;
  /** What it does, in one line, and the group it is listed under. */
  summary: string;
  tag: string;
  params?: P;
  query?: Q;
  body?: B;
  /** How large the body may be; more than the usual only where somebody sends thousands of things at once. */
  bodyLimit?: string;
  status?: number;
  response: R;
  /** Good answers of the same form with another status, by status: when. */
  otherAnswers?: Record<number, string>;
  /** Refusals beyond those every endpoint has, by status: what they mean. */
  refusals?: Record<number, string>;
  run(ctx: ConsoleContext, input: Input<P, Q, B>): Promise<Reply<R>>;
};

export type Endpoint = Omit<EndpointSpec<z.ZodType, z.ZodType, z.ZodType, z.ZodType>, 'run'> & {
  status: number;
  /** Other than JSON. */
  contentType?: string;
  /** The route of this endpoint; POST answers are remembered by `Idempotency-Key`, sealed by `sealer`. */
  toRoute(sealer: Sealer): Route<ConsoleContext>;
};

type FileSpec<P extends z.ZodType, Q extends z.ZodType> = Pick<
  EndpointSpec<P, Q, z.ZodType, z.ZodType>,
  'path' | 'guard' | 'summary' | 'tag' | 'params' | 'query'
> & {
  /** POST for a file that is made anew each time, and whose answer is never kept: it takes no `Idempotency-Key`. */
  method?: 'get' | 'post';
  /** What it answers instead of JSON. */
  contentType: string;
  send(ctx: ConsoleContext, input: Pick<Input<P, Q, z.ZodType>, 'params' | 'query'>, res: Response): Promise<void>;
};

export const API_ROOT = '/api/v1';

const NOTHING = z.object({});

/** Declares an endpoint. The handler parses by its schemas, so `run` sees good input only. */
export function endpoint<
  R extends z.ZodType,
  P extends z.ZodType = typeof NOTHING,
  Q extends z.ZodType = typeof NOTHING,
  B extends z.ZodType = typeof NOTHING,
>(spec: EndpointSpec<P, Q, B, R>): Endpoint {
  const status = spec.status ?? 200;
  const read = (req: Request): Input<P, Q, B> => ({
    params: parseInput(spec.params ?? NOTHING, req.params) as z.output<P>,
    query: parseInput(spec.query ?? NOTHING, req.query) as z.output<Q>,
    body: parseInput(spec.body ?? NOTHING, req.body) as z.output<B>,
    ifMatch: versionIn(req.get('If-Match')),
  });
  const answer = async (ctx: ConsoleContext, input: Input<P, Q, B>): Promise<Answer> => {
    const { body, headers = {}, status: other = status } = await spec.run(ctx, input);
    return { status: other, headers, body };
  };
  return {
    ...spec,
    status,
    toRoute: (sealer) => ({
      method: spec.method,
      path: API_ROOT + spec.path,
      guard: spec.guard,
      async handler(ctx, req, res) {
        if (spec.body) await readJson(req, res, spec.bodyLimit);
        const input = read(req);
        const key = spec.method === 'post' ? idempotencyKeyOf(req) : undefined;
        if (key === undefined) return send(res, await answer(ctx, input));
        const request = { scope: `${ctx.actor.id} POST ${req.path}`, key, requestHash: hashOf(input) };
        const done = await answerOnce(ctx, { request, sealer }, (tx) => answer(tx, input));
        if (done.replayed) res.set('Idempotency-Replayed', 'true');
        send(res, done.answer);
      },
    }),
  };
}

/** Declares an endpoint that answers with a file. */
export function fileEndpoint<P extends z.ZodType = typeof NOTHING, Q extends z.ZodType = typeof NOTHING>(
  spec: FileSpec<P, Q>,
): Endpoint {
  const method = spec.method ?? 'get';
  return {
    ...spec,
    method,
    status: 200,
    response: z.string(),
    toRoute: () => ({
      method,
      path: API_ROOT + spec.path,
      guard: spec.guard,
      async handler(ctx, req, res) {
        const params = parseInput(spec.params ?? NOTHING, req.params) as z.output<P>;
        const query = parseInput(spec.query ?? NOTHING, req.query) as z.output<Q>;
        await spec.send(ctx, { params, query }, res);
      },
    }),
  };
}

/** Only once the caller is known: a stranger's body is not worth its memory. */
async function readJson(req: Request, res: Response, limit = '64kb'): Promise<void> {
  await promisify(express.json({ limit }))(req, res);
}

function send(res: Response, { status, headers, body }: Answer): void {
  res
    .status(status)
    .set({ 'Cache-Control': 'no-store', ...headers })
    .json(body);
}

const idempotencyKey = z.object({
  'Idempotency-Key': z
    .string()
    .min(1, { error: 'Send 1 to 200 printable characters.' })
    .max(200, { error: 'Send 1 to 200 printable characters.' })
    .optional(),
});

function idempotencyKeyOf(req: Request): string | undefined {
  return parseInput(idempotencyKey, { 'Idempotency-Key': req.get('Idempotency-Key') })['Idempotency-Key'];
}

const versionTag = z
  .string()
  .regex(/^"v[1-9]\d{0,8}"$/, { error: 'Send the ETag of the answer you saw, like "v3".' })
  .transform((tag) => Number(tag.slice(2, -1)))
  .optional();

function versionIn(ifMatch: string | undefined): number | undefined {
  return parseInput(z.object({ 'If-Match': versionTag }), { 'If-Match': ifMatch })['If-Match'];
}

/** Of what was understood, not of the bytes: a retry may come from another serialiser. */
function hashOf(input: unknown): string {
  return createHash('sha256').update(JSON.stringify(input)).digest('base64url');
}
