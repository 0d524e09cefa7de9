import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { z } from 'zod';
import { API_ROOT, type Endpoint } from './endpoint.ts';

const problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string().meta({ description: 'What happened, for a person.' }),
    status: z.int(),
    code: z.string().meta({ description: 'Stable, for programs.', example: 'slug_taken' }),
    errors: z
      .array(z.object({ path: z.string(), code: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'The fields at fault; `path` is dotted, like `admin.email`.' }),
    trace_id: z
      .string()
      .meta({ description: 'Quote it when you ask for help; it is in every log line of the request.' }),
  })
  .meta({ id: 'Problem' });

const idempotencyKey = z.string().min(1).max(200).optional().meta({
  description:
    'The same key and body within 24 hours is done once and answered with the first answer, a one-time password included; until then that answer rests sealed. A replay says so by `Idempotency-Replayed: true`.',
});

const ifMatch = z.string().optional().meta({
  description: 'The ETag of the answer the change was made from. With another version the change is refused with 412.',
  example: '"v3"',
});

/** The OpenAPI document of these endpoints, made of the schemas that read and write the requests. */
export async function openApiDocument(endpoints: readonly Endpoint[]): Promise<object> {
  // Loaded when somebody asks: it would cost every console its memory and start time.
  const { createDocument } = await import('zod-openapi');
  const paths: ZodOpenApiPathsObject = {};
  for (const it of endpoints) {
    const path = API_ROOT + it.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [it.method]: operationOf(it) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'BaseCommerce console API', version: '1', description: INTRODUCTION },
    security: [{ token: [] }],
    paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  });
}

const INTRODUCTION = `Onboards and looks after stores. Tokens are made with \`npm run bc -- token create\` and carry a role.
Errors are \`application/problem+json\`. Lists are \`{items, next_cursor, has_more}\`; pass \`next_cursor\` as \`cursor\` for the
next page.`;

const ACCEPTED =
  'Recorded, and a job is queued that does the rest: follow it at the address in `Location` until it has ended.';

function operationOf(it: Endpoint): ZodOpenApiOperationObject {
  const isPublic = it.guard.name === 'public';
  return {
    operationId: `${it.method}${it.path.replaceAll(/\W+(\w)?/g, (_match, letter?: string) => letter?.toUpperCase() ?? '')}`,
    summary: it.summary,
    tags: [it.tag],
    description: isPublic ? 'Public.' : `Needs the role \`${it.guard.name.replace('role:', '')}\` or one above it.`,
    ...(isPublic && { security: [] }),
    requestParams: {
      ...(it.params && { path: it.params as z.ZodObject }),
      ...(it.query && { query: it.query as z.ZodObject }),
      ...(isKept(it) && { header: z.object({ 'Idempotency-Key': idempotencyKey }) }),
      ...(it.method === 'patch' && { header: z.object({ 'If-Match': ifMatch }) }),
    },
    ...(it.body && { requestBody: { required: true, content: { 'application/json': { schema: it.body } } } }),
    responses: {
      [String(it.status)]: {
        description: it.status === 202 ? ACCEPTED : 'Done.',
        content: { [it.contentType ?? 'application/json']: { schema: it.response } },
      },
      ...Object.fromEntries(
        Object.entries(it.otherAnswers ?? {}).map(([status, description]) => [
          status,
          { description, content: { 'application/json': { schema: it.response } } },
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(refusalsOf(it, isPublic)).map(([status, description]) => [status, refusal(description)]),
      ),
    },
  };
}

function refusal(description: string) {
  return { description, content: { 'application/problem+json': { schema: problem } } };
}

/** Whether the answer is kept for a retry; a file is made anew each time. */
function isKept({ method, contentType }: Endpoint): boolean {
  return method === 'post' && contentType === undefined;
}

/** What each status means here: what every operation of this form may answer, and what its declaration adds. */
function refusalsOf(it: Endpoint, isPublic: boolean): Record<string, string> {
  const isPost = isKept(it);
  const reasons = [
    !isPublic && { 401: 'No usable token.', 403: 'The role of the token does not allow this.' },
    it.params && { 404: 'There is no such thing.' },
    it.body && { 400: '`malformed_request`: the body is not JSON.', 415: 'The body is not `application/json`.' },
    (it.body || it.query || it.params) && { 422: 'Some fields need another value; `errors` names them.' },
    it.refusals,
    isPost && { 409: '`idempotency_key_in_use`: the first request with this key is still at work.' },
    isPost && { 422: '`idempotency_key_reused`: the key was used for another request.' },
    { 503: 'The database does not answer; nothing was changed.' },
  ];
  const all: Record<string, string> = {};
  for (const [status, reason] of reasons.flatMap((some) => Object.entries(some || {})))
    all[status] = all[status] === undefined ? reason : `${all[status]} ${reason}`;
  return all;
}
