import { z } from 'zod';
import { AppError, Unavailable, UpstreamFailed } from '#platform/errors.ts';

/** Whose request it is that we pass on. */
export type Caller = { slug: string; ip: string; userAgent: string | undefined; requestId: string };

const grantSchema = z.object({ access_token: z.string(), token_type: z.literal('bearer'), expires_in: z.number() });
const problemSchema = z.object({ code: z.string(), title: z.string() });

/** What signing in gives: OAuth's names, since programs read it. */
export type Grant = z.output<typeof grantSchema>;

/** The store's app, which has the database. Throws its refusals as they are, and Unavailable when it does not answer. */
export type Vertical = {
  login(caller: Caller, credentials: { email: string; password: string }): Promise<Grant>;
  logout(caller: Caller, token: string): Promise<void>;
  /** Who a token belongs to, as long as its session lives. */
  session(caller: Caller, token: string): Promise<unknown>;
};

const TIMEOUT_MS = 3000;

export function connectVertical(baseUrl: string, edgeAuthSecret: string): Vertical {
  const post = async (caller: Caller, path: string, body: object): Promise<Response> => {
    const headers: Record<string, string> = {
      'Content-Type': 'application/json',
      'X-Edge-Auth': edgeAuthSecret,
      'X-Tenant-Slug': caller.slug,
      'X-Forwarded-For': caller.ip,
      'X-Request-Id': caller.requestId,
      ...(caller.userAgent && { 'User-Agent': caller.userAgent }),
    };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const request = { method: 'POST', headers, body: JSON.stringify(body), signal };
    const response = await fetch(new URL(path, baseUrl), request).catch((error: unknown) => {
      throw new Unavailable('store_unavailable', 'The store does not answer. Try again shortly.', {
        cause: error,
        retryAfterSeconds: 10,
      });
    });
    if (!response.ok) throw await refusalOf(response);
    return response;
  };
  return {
    login: async (caller, credentials) =>
      grantSchema.parse(await (await post(caller, '/internal/auth/login', credentials)).json()),
    logout: async (caller, token) => void (await post(caller, '/internal/auth/logout', { token })),
    session: async (caller, token) => (await post(caller, '/internal/auth/session', { token })).json(),
  };
}

async function refusalOf(response: Response): Promise<AppError> {
  const parsed = problemSchema.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success)
    return new UpstreamFailed('store_failed', 'The store gave an answer that could not be read. Try again shortly.');
  const retryAfterSeconds = Number(response.headers.get('Retry-After') ?? 0);
  const { code, title } = parsed.data;
  return new AppError(response.status, code, title, retryAfterSeconds > 0 ? { retryAfterSeconds } : {});
}
