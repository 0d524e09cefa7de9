import type { StoreContext } from '#domain/construction/store/index.ts';
import type { Answer, StoreSite } from './store-site.ts';

type Options = { headers?: Record<string, string> };

/** A program that works with one person's rights on a store's JSON API. */
export type StoreApi = {
  get(path: string, options?: Options): Promise<Answer>;
  post(path: string, body?: unknown, options?: Options): Promise<Answer>;
  patch(path: string, body: unknown, options?: Options): Promise<Answer>;
  put(path: string, body: unknown, options?: Options): Promise<Answer>;
  delete(path: string): Promise<Answer>;
};

/** Signs in for real and uses the session's token as a Bearer token, which needs no CSRF token. */
export async function apiOf(site: StoreSite, person: StoreContext): Promise<StoreApi> {
  const browser = await site.signedIn(person);
  const token = browser.cookies.get('bc_session')!;
  browser.cookies.clear();
  const send =
    (method: string) =>
    (path: string, body?: unknown, options: Options = {}) =>
      browser.ask(`/api/v1${path}`, {
        method,
        json: body,
        headers: { Accept: 'application/json', Authorization: `Bearer ${token}`, ...options.headers },
      });
  const [get, remove] = [send('GET'), send('DELETE')];
  return {
    get: (path, options) => get(path, undefined, options),
    post: send('POST'),
    patch: send('PATCH'),
    put: send('PUT'),
    delete: (path) => remove(path),
  };
}
