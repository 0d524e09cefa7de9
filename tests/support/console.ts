import type { Express } from 'express';
import request from 'supertest';
import { createConsoleApp } from '#console/app.ts';
import type { ConsoleParts } from '#console/context.ts';
import { openNotifications } from '#console/notifications.ts';
import { inviteOperator, type Operator, type Role } from '#domain/operators/index.ts';
import { createMetrics } from '#platform/metrics/index.ts';
import type { PublicLookup } from '#platform/http/public-host.ts';
import { openRedis } from '#platform/redis/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { systemClock } from '#platform/clock.ts';
import { openConsoleDatabase, type ConsoleDatabase } from './console-database.ts';
import { testRedisUrl } from './redis.ts';

export type Browser = ReturnType<typeof request.agent>;

export type TestConsole = Omit<ConsoleDatabase, 'drop'> & {
  app: Express;
  parts: ConsoleParts;
  /** A browser without a session, and the CSRF token of its login page. */
  visit(): Promise<{ browser: Browser; csrf: string }>;
  /** A browser in which an operator with this role has signed in and chosen a password; `csrf` goes with its forms. */
  signIn(role: Role): Promise<{ browser: Browser; csrf: string; operator: Operator; password: string }>;
  stop(): Promise<void>;
};

/** An internet in which nobody has set anything up. */
export const NOTHING_OUTSIDE: PublicLookup = { texts: async () => [], page: async () => undefined };

const PASSWORD = 'correct horse battery staple';

/** The whole console on a database of its own, without a socket. Stop it in `after`. */
export async function openTestConsole(overrides: Partial<ConsoleParts> = {}): Promise<TestConsole> {
  const opened = await openConsoleDatabase();
  const notifications = openNotifications({ url: opened.url, applicationName: 'test-listen', log: silentLogger });
  const redis = await openRedis({ url: testRedisUrl(), name: 'test', log: silentLogger });
  const parts: ConsoleParts = {
    config: {
      NODE_ENV: 'test',
      SECRET_KEY: 'test-secret-of-more-than-32-bytes!',
      ENVIRONMENT_NAME: 'test',
      CONSOLE_URL: 'http://127.0.0.1:9000',
      STORE_URL_TEMPLATE: 'http://{slug}.localhost:8080',
      BASE_DOMAIN: 'localhost',
    },
    database: opened.database,
    redis,
    metrics: createMetrics('console'),
    notifications,
    log: silentLogger,
    clock: systemClock,
    lookup: NOTHING_OUTSIDE,
    ...overrides,
  };
  const app = createConsoleApp(parts);

  const visit = async () => {
    const browser = request.agent(app);
    const page = await browser.get('/login').expect(200);
    return { browser, csrf: csrfIn(page.text) };
  };

  return {
    ...opened,
    app,
    parts,
    visit,
    async signIn(role) {
      const email = `${role.replace('_', '-')}-${Math.random().toString(36).slice(2)}@example.com`;
      const { operator, password } = await inviteOperator(opened.ctx, { email, name: `The ${role}`, role });
      const { browser, csrf } = await visit();
      await browser.post('/login').type('form').send({ _csrf: csrf, email, password }).expect(303);
      const form = await browser.get('/password').expect(200);
      await browser
        .post('/password')
        .type('form')
        .send({ _csrf: csrfIn(form.text), current: password, password: PASSWORD, repeated: PASSWORD })
        .expect(303);
      return { browser, csrf: csrfIn(form.text), operator, password: PASSWORD };
    },
    async stop() {
      await Promise.all([notifications.stop(), redis.stop()]);
      await opened.drop();
    },
  };
}

/** The CSRF token in a page's first form. Throws when the page has none. */
export function csrfIn(html: string): string {
  const token = /name="_csrf" value="([^"]+)"/.exec(html)?.[1];
  if (!token) throw new Error(`The page has no form:\n${html.slice(0, 500)}`);
  return token;
}
