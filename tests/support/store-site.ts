import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Express } from 'express';
import { hashPassword } from '#platform/auth/passwords.ts';
import { createTokenKeys, type TokenKeys } from '#platform/auth/tokens.ts';
import { startHttpServer } from '#platform/http/server.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createMetrics } from '#platform/metrics/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { createAuthApp } from '#tenant-app/auth/auth-app.ts';
import { connectVertical } from '#tenant-app/auth/vertical.ts';
import { createStoreApp } from '#tenant-app/app.ts';
import { createStoreWorld, type StoreWorld } from './stores.ts';

export const EDGE_SECRET = 'edge-secret-of-the-tests-0123456789abcdef';
const SITE_SECRET = 'secret-key-of-the-tests-0123456789abcdef';
export const PASSWORD = 'argamassa-e-brita-7';

export type Answer = { status: number; headers: Headers; text: string; json(): Record<string, unknown> };

type Ask = {
  method?: string;
  /** Sent as a form when it is an object of strings and `json` is not set. */
  form?: Record<string, string>;
  json?: unknown;
  headers?: Record<string, string>;
};

/** A browser on one store's host: it keeps cookies and follows no redirect, so that a test sees each answer. */
export type Browser = {
  cookies: Map<string, string>;
  ask(path: string, options?: Ask): Promise<Answer>;
  /** Posts a form with the token that the last page carried. */
  submit(path: string, form?: Record<string, string>): Promise<Answer>;
  signIn(email: string, password?: string): Promise<Answer>;
};

export type StoreSite = {
  world: StoreWorld;
  app: Express;
  keys: TokenKeys;
  urls: { app: string; auth: string };
  browse(slug: string): Browser;
  /** A browser in which this person signed in for real. */
  signedIn(person: StoreContext): Promise<Browser>;
  /** Gives a person the password {@link PASSWORD}. */
  givePassword(person: StoreContext): Promise<void>;
  /** Publishes a store to the edge's disk, which the auth process reads. */
  publish(slug: string, changes?: Record<string, unknown>): Promise<void>;
  stopApp(): Promise<void>;
  close(): Promise<void>;
};

const PATH_OF_AUTH = /^\/auth\//;

/** Both processes of a store behind what the edge adds, listening for real on ports of their own. */
export async function startStoreSite(): Promise<StoreSite> {
  const world = await createStoreWorld();
  const directory = await mkdtemp(join(tmpdir(), 'basecommerce-tenants-'));
  const keys = createTokenKeys({ current: SITE_SECRET });
  const config = {
    SECRET_KEY: SITE_SECRET,
    PREVIOUS_SECRET_KEY: undefined,
    ACCESS_TOKEN_EXPIRE_MINUTES: 1440,
    EDGE_AUTH_SECRET: EDGE_SECRET,
    CORS_ORIGINS: ['https://painel.example'],
    STORE_URL_TEMPLATE: 'http://{slug}.localhost:8080',
    TENANTS_DIR: directory,
  };
  const shared = { config, keys, metrics: createMetrics('test'), log: silentLogger, clock: world.clock };
  const app = createStoreApp({ ...shared, database: world.app });
  const appServer = await startHttpServer(app, '127.0.0.1', 0);
  const vertical = connectVertical(appServer.url, EDGE_SECRET);
  const authServer = await startHttpServer(createAuthApp({ ...shared, vertical }), '127.0.0.1', 0);
  const urls = { app: appServer.url, auth: authServer.url };
  const passwordHash = await hashPassword(PASSWORD);

  const site: StoreSite = {
    world,
    app,
    keys,
    urls,
    browse: (slug) => openBrowser(urls, slug),
    async signedIn(person) {
      await site.publish(person.store.slug);
      await site.givePassword(person);
      const browser = site.browse(person.store.slug);
      const answer = await browser.signIn(person.user.email);
      if (answer.status !== 303) throw new Error(`could not sign in: ${answer.status} ${answer.text}`);
      return browser;
    },
    async givePassword({ user }) {
      await world.rows('update construction.users set password_hash = $1 where id = $2', [passwordHash, user.id]);
    },
    async publish(slug, changes = {}) {
      const file = {
        slug,
        name: slug,
        status: 'live',
        primary_color: '#0b6b3a',
        secondary_color: '#f2b705',
        ...changes,
      };
      await writeFile(join(directory, `${slug}.json`), JSON.stringify({ logo_url: null, theme_version: 1, ...file }));
    },
    stopApp: () => appServer.stop(),
    async close() {
      vertical.stop();
      await Promise.all([appServer.stop(), authServer.stop()]);
      await world.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return site;
}

function openBrowser(urls: StoreSite['urls'], slug: string): Browser {
  const cookies = new Map<string, string>();
  let csrf = '';
  const browser: Browser = {
    cookies,
    async ask(path, { method, form, json, headers = {} } = {}) {
      const body = form ? new URLSearchParams(form) : json === undefined ? null : JSON.stringify(json);
      const response = await fetch(new URL(path, PATH_OF_AUTH.test(path) ? urls.auth : urls.app), {
        method: method ?? (body === null ? 'GET' : 'POST'),
        body,
        redirect: 'manual',
        headers: {
          'X-Edge-Auth': EDGE_SECRET,
          'X-Tenant-Slug': slug,
          'X-Forwarded-For': '203.0.113.7',
          Accept: 'text/html',
          ...(json !== undefined && { 'Content-Type': 'application/json' }),
          ...(cookies.size > 0 && { Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
          ...headers,
        },
      });
      keepCookies(cookies, response.headers.getSetCookie());
      const text = await response.text();
      csrf = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? csrf;
      return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
    },
    submit: (path, form = {}) => browser.ask(path, { form: { _csrf: csrf, ...form } }),
    signIn: (email, password = PASSWORD) => browser.ask('/auth/login/form', { form: { email, password } }),
  };
  return browser;
}

function keepCookies(cookies: Map<string, string>, headers: string[]): void {
  for (const header of headers) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(header)!;
    if (value === '') cookies.delete(name!);
    else cookies.set(name!, value!);
  }
}
