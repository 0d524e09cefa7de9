import type { Agent, IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { AppError, Unavailable, UpstreamFailed } from '#platform/errors.ts';
import { clientFor } from '#platform/http/node-http.ts';

/** Whose request it is that we pass on. */
export type Caller = { slug: string; ip: string; userAgent: string | undefined; requestId: string };

const grantSchema = z.object({ access_token: z.string(), token_type: z.literal('bearer'), expires_in: z.number() });
const problemSchema = z.object({ code: z.string(), title: z.string() });

/** What signing in gives: OAuth's names, since programs read it. */
type Grant = z.output<typeof grantSchema>;

/** The store's app, which has the database. Throws its refusals as they are, and Unavailable when it does not answer. */
export type Vertical = {
  login(caller: Caller, credentials: { email: string; password: string }): Promise<Grant>;
  logout(caller: Caller, token: string): Promise<void>;
  /** Who a token belongs to, as long as its session lives. */
  session(caller: Caller, token: string): Promise<unknown>;
  stop(): void;
};

const TIMEOUT_MS = 3000;
const MAX_CONNECTIONS = 16;

/** By node's own client: `fetch` would cost this small process a tenth of its memory. */
export function connectVertical(baseUrl: string, edgeAuthSecret: string): Vertical {
  const client = clientFor(new URL(baseUrl));
  const agent = new client.Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
  const post = async (caller: Caller, path: string, body: object): Promise<string> => {
    const headers = { ...headersFor(caller), 'X-Edge-Auth': edgeAuthSecret };
    const answer = await send(new URL(path, baseUrl), { agent, headers, body: JSON.stringify(body) });
    if (answer.status < 200 || answer.status > 299) throw refusalOf(answer);
    return answer.body;
  };
  return {
    login: async (caller, credentials) =>
      grantSchema.parse(JSON.parse(await post(caller, '/internal/auth/login', credentials))),
    logout: async (caller, token) => void (await post(caller, '/internal/auth/logout', { token })),
    session: async (caller, token) => JSON.parse(await post(caller, '/internal/auth/session', { token })),
    stop: () => agent.destroy(),
  };
}

function headersFor({ slug, ip, requestId, userAgent }: Caller): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    'X-Tenant-Slug': slug,
    'X-Forwarded-For': ip,
    'X-Request-Id': requestId,
    ...(userAgent && { 'User-Agent': userAgent }),
  };
}

type Answer = { status: number; retryAfter: string | undefined; body: string };

async function send(
  url: URL,
  { agent, headers, body }: { agent: Agent; headers: Record<string, string>; body: string },
): Promise<Answer> {
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      clientFor(url).request(url, { method: 'POST', agent, headers, signal }, resolve).on('error', reject).end(body);
    });
    return {
      status: response.statusCode ?? 0,
      retryAfter: response.headers['retry-after'],
      body: await text(response),
    };
  } catch (error) {
    throw new Unavailable('store_unavailable', 'The store does not answer. Try again shortly.', {
      cause: error,
      retryAfterSeconds: 10,
    });
  }
}

function refusalOf({ status, retryAfter, body }: Answer): AppError {
  const parsed = problemSchema.safeParse(readJson(body));
  if (!parsed.success)
    return new UpstreamFailed('store_failed', 'The store gave an answer that could not be read. Try again shortly.');
  const retryAfterSeconds = Number(retryAfter ?? 0);
  const { code, title } = parsed.data;
  return new AppError(status, code, title, retryAfterSeconds > 0 ? { retryAfterSeconds } : {});
}

function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Not what the store's app sends: a proxy in between answered, and the caller says so.
    return undefined;
  }
}
