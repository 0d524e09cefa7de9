import assert from 'node:assert/strict';
import type { Express } from 'express';
import request from 'supertest';
import { ROLES, satisfies, type Role } from '#domain/operators/index.ts';
import { createToken } from '#domain/tokens/index.ts';
import { listRoutes, type Method } from '#platform/http/routes.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';

const NOBODY = '01939b1e-0000-7000-8000-0000000000ff';

/** Who may change what: a guard made weaker in a map by mistake is still a guard we know. */
const CHANGES: Record<string, string[]> = {
  'signed-in': ['post /logout', 'post /password', 'post /profile'],
  'role:on_call': [
    'delete /api/v1/alert-mutes/:id',
    'delete /api/v1/schedules/:id/pause',
    'delete /api/v1/stream-limits/:id',
    'delete /api/v1/stream-pauses/:id',
    'delete /api/v1/stream-replays/:id',
    'delete /api/v1/tenants/:slug/suspension',
    'post /alerts/:id/acknowledgement',
    'post /alerts/mutes',
    'post /alerts/mutes/:id/end',
    'post /alerts/tests',
    'post /api/v1/alert-mutes',
    'post /api/v1/alert-tests',
    'post /api/v1/alerts/:id/acknowledgement',
    'post /api/v1/dead-letter-replays',
    'post /api/v1/dead-letters/:id/replay',
    'post /api/v1/droplets/:name/runs',
    'post /api/v1/edge-publications',
    'post /api/v1/edges/:name/reloads',
    'post /api/v1/edges/:name/restores',
    'post /api/v1/schedules/:id/pause',
    'post /api/v1/schedules/:id/runs',
    'post /api/v1/stream-limits',
    'post /api/v1/stream-pauses',
    'post /api/v1/tenant-bulk-actions',
    'post /api/v1/tenant-bulk-actions/:id/confirmation',
    'post /api/v1/tenants/:slug/suspension',
    'post /droplets/:name/runs',
    'post /edge/:droplet/reloads',
    'post /edge/:droplet/restores',
    'post /edge/publications',
    'post /jobs/:id/cancellation',
    'post /jobs/:id/retries',
    'post /schedules/:id/pause',
    'post /schedules/:id/resumption',
    'post /schedules/:id/runs',
    'post /streams/dead-letters/:id/replay',
    'post /streams/dead-letters/replays',
    'post /streams/limits',
    'post /streams/limits/:id/end',
    'post /streams/pauses',
    'post /streams/pauses/:id/resumption',
    'post /streams/replays/:id/cancellation',
    'post /tenants/:slug/resumption',
    'post /tenants/:slug/suspension',
    'post /tenants/bulk-actions',
    'post /tenants/bulk-actions/:id/confirmation',
  ],
  'role:operator': [
    'delete /api/v1/schedules/:id',
    'delete /api/v1/tenants/:slug/archive',
    'delete /api/v1/tenants/:slug/domains/:host',
    'delete /api/v1/tenants/:slug/users/:id/deactivation',
    'patch /api/v1/tenants/:slug',
    'post /api/v1/dead-letters/:id/mending',
    'post /api/v1/dead-letters/:id/skip',
    'post /api/v1/edge-rollbacks',
    'post /api/v1/edges/:name/drift-adoptions',
    'post /api/v1/schedules',
    'post /api/v1/stream-commands',
    'post /api/v1/stream-replays',
    'post /api/v1/tenant-applications',
    'post /api/v1/tenant-applications/:id/confirmation',
    'post /api/v1/tenant-applications/:id/first-passwords',
    'post /api/v1/tenants',
    'post /api/v1/tenants/:slug/archive',
    'post /api/v1/tenants/:slug/domains',
    'post /api/v1/tenants/:slug/domains/:host/checks',
    'post /api/v1/tenants/:slug/renames',
    'post /api/v1/tenants/:slug/rollbacks',
    'post /api/v1/tenants/:slug/users',
    'post /api/v1/tenants/:slug/users/:id/deactivation',
    'post /api/v1/tenants/:slug/users/:id/password-resets',
    'post /edge/:droplet/adoptions',
    'post /edge/revisions/:number/rollbacks',
    'post /edge/rollbacks',
    'post /schedules',
    'post /schedules/:id/deletion',
    'post /schedules/:id/edit',
    'post /streams/commands',
    'post /streams/dead-letters/:id/mending',
    'post /streams/dead-letters/:id/skip',
    'post /streams/replays',
    'post /streams/shards',
    'post /tenants',
    'post /tenants/:slug/archive',
    'post /tenants/:slug/domains',
    'post /tenants/:slug/domains/:host/checks',
    'post /tenants/:slug/domains/:host/removal',
    'post /tenants/:slug/edit',
    'post /tenants/:slug/people',
    'post /tenants/:slug/people/:id/deactivation',
    'post /tenants/:slug/people/:id/one-time-password',
    'post /tenants/:slug/people/:id/reactivation',
    'post /tenants/:slug/plan',
    'post /tenants/:slug/renames',
    'post /tenants/:slug/restoration',
    'post /tenants/applications',
    'post /tenants/applications/:id/confirmation',
    'post /tenants/applications/:id/first-passwords',
    'put /api/v1/schedules/:id',
    'put /api/v1/stream-shards',
  ],
  'role:admin': [
    'delete /api/v1/droplets/:name',
    'delete /api/v1/droplets/:name/key-rotation',
    'delete /api/v1/tenants/:slug',
    'post /api/v1/droplets',
    'post /api/v1/droplets/:name/key-rotation',
    'post /api/v1/droplets/:name/key-rotation/completion',
    'post /api/v1/droplets/:name/key-rotation/verification',
    'post /droplets',
    'post /droplets/:name/key-rotation',
    'post /droplets/:name/key-rotation/abandonment',
    'post /droplets/:name/key-rotation/completion',
    'post /droplets/:name/key-rotation/verification',
    'post /droplets/:name/retirement',
    'post /droplets/new',
    'post /operators',
    'post /operators/:id/deactivation',
    'post /operators/:id/one-time-password',
    'post /operators/:id/role',
    'post /tenants/:slug/deletion',
  ],
};

describe('every route of the console', () => {
  let console: TestConsole;
  let routes: { method: Method; path: string; guard: string; isApi: boolean }[];

  before(async () => {
    console = await openTestConsole();
    routes = listRoutes(console.app).map(({ method, path, guard }) => ({
      method,
      path: path.replaceAll(/:\w+/g, NOBODY),
      guard: guard.name,
      isApi: path.startsWith('/api/'),
    }));
  });
  after(() => console.stop());

  const behind = (...guards: string[]) => routes.filter(({ guard }) => guards.includes(guard));

  it('is declared with a guard we know: nothing is mounted beside the map', () => {
    const known = new Set(['public', 'signed-in', ...ROLES.map((role) => `role:${role}`)]);
    const declared = listRoutes(console.app);
    const mounted = mountedIn(console.app).filter((route) => !route.startsWith('get /assets/'));

    assert.ok(declared.length > 20, 'the map was read');
    assert.deepEqual(
      declared.filter(({ guard }) => !known.has(guard.name)).map(({ path }) => path),
      [],
    );
    assert.deepEqual(mounted.sort(), declared.map(({ method, path }) => `${method} ${path}`).sort());
  });

  it('is public only where someone who is not signed in has business', () => {
    assert.deepEqual(
      behind('public')
        .map(({ method, path }) => `${method} ${path}`)
        .sort(),
      ['get /api/v1/openapi.json', 'get /login', 'post /login', 'post /preferences'],
    );
  });

  it('lets nobody below the role that answers for it change anything', () => {
    const changing = listRoutes(console.app).filter(({ method, guard }) => method !== 'get' && guard.name !== 'public');
    const byGuard = Object.groupBy(changing, ({ guard }) => guard.name);

    assert.deepEqual(
      Object.fromEntries(
        Object.entries(byGuard).map(([guard, found]) => [guard, found!.map((it) => `${it.method} ${it.path}`).sort()]),
      ),
      CHANGES,
    );
  });

  it('sends a stranger to the login page, and answers a program 401', async () => {
    const { browser, csrf } = await console.visit();
    for (const { method, path, isApi, guard } of routes) {
      if (guard === 'public') continue;
      const answer = isApi
        ? await request(console.app)[method](path).expect(401)
        : await browser[method](path).type('form').send({ _csrf: csrf }).expect(303);
      if (isApi) assert.equal(answer.body.code, 'not_authenticated', path);
      else assert.match(answer.headers.location!, /^\/login\?next=/, path);
    }
  });

  for (const held of ROLES.slice(0, -1))
    it(`refuses ${held} what needs a higher role, to a person as to a token`, async () => {
      const { browser, csrf } = await console.signIn(held);
      const token = await tokenFor(held);
      const tooHigh = ROLES.filter((needed) => !satisfies(held, needed)).map((needed) => `role:${needed}`);
      const forbidden = behind(...tooHigh);

      assert.ok(forbidden.length > 0);
      for (const { method, path, isApi } of forbidden) {
        if (isApi) {
          const answer = await request(console.app)[method](path).set('Authorization', `Bearer ${token}`).expect(403);
          assert.equal(answer.body.code, 'not_permitted', path);
        } else {
          const page = await browser[method](path).type('form').send({ _csrf: csrf }).expect(403);
          assert.match(page.text, /Your role does not allow this/, path);
        }
      }
    });

  it('lets a viewer read what a viewer may read', async () => {
    const { browser } = await console.signIn('viewer');
    const pages = behind('role:viewer').filter(
      ({ method, path, isApi }) =>
        method === 'get' && !isApi && !path.includes(NOBODY) && !/\/(events|live)$/.test(path),
    );

    assert.ok(pages.length > 4);
    for (const { path } of pages) await browser.get(path).expect(200);
  });

  it('does not take a session cookie for a token', async () => {
    const { browser } = await console.signIn('admin');

    await browser.get('/api/v1/tenants').expect(401);
  });

  async function tokenFor(role: Role): Promise<string> {
    const { secret } = await createToken(console.ctx, { name: `test ${role}`, role });
    return secret;
  }
});

type Layer = { route?: { path: string; methods: Record<string, boolean> } };

/** What express itself would answer, whatever the map says. */
function mountedIn(app: Express): string[] {
  return (app.router.stack as unknown as Layer[]).flatMap(({ route }) =>
    route === undefined ? [] : Object.keys(route.methods).map((method) => `${method} ${route.path}`),
  );
}
