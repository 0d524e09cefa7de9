import assert from 'node:assert/strict';
import { listRoutes } from '#platform/http/routes.ts';
import { PERMISSIONS, USER_ROLES, type Permission } from '#domain/construction/users/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { EDGE_SECRET, startStoreSite, type Browser, type StoreSite } from '#tests/support/store-site.ts';

describe("the store's app", () => {
  let site: StoreSite;
  let ana: StoreContext;
  let browser: Browser;

  before(async () => {
    site = await startStoreSite();
    ana = await site.world.openStore('casa-forte');
    browser = await site.signedIn(ana);
  });
  after(() => site.close());

  it('answers 403 to whoever did not come through the edge, page or program', async () => {
    for (const secret of [undefined, '', 'x', `${EDGE_SECRET}x`]) {
      const headers = { 'X-Tenant-Slug': 'casa-forte', ...(secret !== undefined && { 'X-Edge-Auth': secret }) };
      const page = await fetch(new URL('/web/dashboard', site.urls.app), {
        headers: { ...headers, Accept: 'text/html' },
      });
      const api = await fetch(new URL('/internal/auth/login', site.urls.app), { method: 'POST', headers });
      const login = await fetch(new URL('/auth/login', site.urls.auth), { headers });

      assert.equal(page.status, 403);
      assert.match(await page.text(), /só responde através da borda/);
      assert.equal(api.status, 403);
      assert.equal(((await api.json()) as { code: string }).code, 'edge_only');
      assert.equal(login.status, 403);
    }
  });

  it('answers 404 for a store that does not exist', async () => {
    const answer = await site.browse('no-such-store').ask('/web/dashboard');

    assert.equal(answer.status, 404);
    assert.match(answer.text, /Não há loja neste endereço/);
  });

  it('answers 503 with Retry-After for a suspended store, and opens it again at once', async () => {
    const store = await site.world.openStore('em-pausa');
    const visitor = await site.signedIn(store);
    const set = (status: string) =>
      site.world.rows('update platform.tenants set status = $1 where id = $2', [status, store.tenantId]);

    await set('suspended');
    site.world.clock.advance(15_001);
    const suspended = await visitor.ask('/web/dashboard');
    await set('live');
    const resumed = await visitor.ask('/web/dashboard');

    assert.equal(suspended.status, 503);
    assert.equal(suspended.headers.get('retry-after'), '3600');
    assert.match(suspended.text, /Esta loja está suspensa/);
    assert.equal(resumed.status, 200);
  });

  it('refuses a form without the token of its session, and takes it with that token', async () => {
    const form = { lang: 'en', theme: 'dark' };
    const refused = await browser.ask('/web/settings/preferences', { form });
    await browser.ask('/web/settings/preferences');
    const taken = await browser.submit('/web/settings/preferences', form);

    assert.equal(refused.status, 403);
    assert.equal(taken.status, 303);
    browser.cookies.delete('lang');
  });

  it('refuses a form with the token of another session, even of the same person', async () => {
    const other = await site.signedIn(ana);
    const page = await other.ask('/web/settings/preferences');
    const token = /name="_csrf" value="([^"]+)"/.exec(page.text)![1]!;
    const form = { _csrf: token, lang: 'en', theme: 'dark' };

    assert.equal((await browser.ask('/web/settings/preferences', { form })).status, 403);
    assert.equal((await other.ask('/web/settings/preferences', { form })).status, 303);
  });

  it('refuses a form that another site sends, even one with the right token', async () => {
    const page = await browser.ask('/web/settings/preferences');
    const token = /name="_csrf" value="([^"]+)"/.exec(page.text)![1]!;
    const form = { _csrf: token, lang: 'en', theme: 'dark' };

    const answer = await browser.ask('/web/settings/preferences', { form, headers: { 'Sec-Fetch-Site': 'same-site' } });

    assert.equal(answer.status, 403);
  });

  it('lets only the listed origins read its API, and never with cookies', async () => {
    const listed = await browser.ask('/api/v1/dashboard', { headers: { Origin: 'https://painel.example' } });
    const other = await browser.ask('/api/v1/dashboard', { headers: { Origin: 'https://evil.example' } });
    const page = await browser.ask('/web/dashboard', { headers: { Origin: 'https://painel.example' } });

    assert.equal(listed.headers.get('access-control-allow-origin'), 'https://painel.example');
    assert.equal(listed.headers.get('access-control-allow-credentials'), null);
    assert.equal(other.headers.get('access-control-allow-origin'), null);
    assert.equal(page.headers.get('access-control-allow-origin'), null);
  });

  it('sends strict headers with pages and with errors', async () => {
    for (const path of ['/web/dashboard', '/web/nothing-here']) {
      const { headers } = await browser.ask(path);
      assert.match(headers.get('content-security-policy')!, /default-src 'none'/);
      assert.doesNotMatch(headers.get('content-security-policy')!, /unsafe/);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('x-powered-by'), null);
    }
  });

  it('speaks Portuguese until someone chooses English, whatever the browser prefers', async () => {
    const english = { headers: { 'Accept-Language': 'en-US,en' } };

    const before = await browser.ask('/web/dashboard', english);
    browser.cookies.set('lang', 'en');
    const after = await browser.ask('/web/dashboard', english);
    browser.cookies.delete('lang');

    assert.match(before.text, /<html lang="pt-BR"/);
    assert.match(after.text, /<html lang="en"/);
  });

  it('keeps the colours of a store in browsers only under the version they have', async () => {
    const exact = await browser.ask('/web/theme.css?v=1');
    const newer = await browser.ask('/web/theme.css?v=2');

    assert.match(exact.text, /--tblr-primary: #1a73e8/);
    assert.match(exact.headers.get('cache-control')!, /immutable/);
    assert.equal(newer.headers.get('cache-control'), 'no-store');
  });

  it('declares for each route which permission of the policy table it needs', () => {
    const guards = new Set(listRoutes(site.app).map((route) => route.guard.name));
    const known = Object.keys(PERMISSIONS).map((permission) => `can:${permission}`);

    for (const guard of guards) assert.ok(['signed-in', 'public', ...known].includes(guard), guard);
    const open = listRoutes(site.app).filter((route) => route.guard.name === 'public');
    assert.deepEqual(
      open.map(({ path }) => path.replace(/[^/]+$/, '')),
      open.map(() => '/internal/auth/'),
    );
  });

  it('lets nobody change anything who may only read it', () => {
    const changing = listRoutes(site.app).filter(({ method, guard }) => method !== 'get' && guard.name !== 'public');
    const byReaders = changing.filter(({ guard }) => guard.name === 'signed-in' || guard.name.endsWith('.read'));

    assert.ok(changing.length > byReaders.length);
    // Which step of an order asks for which permission is its policy's to say; the others are about oneself.
    assert.deepEqual(byReaders.map(({ method, path }) => `${method} ${path}`).sort(), [
      'post /api/v1/orders/:id/status',
      'post /web/orders/:id/status',
      'post /web/settings/password',
      'post /web/settings/preferences',
    ]);
  });

  it('lets each role through exactly the guards that the policy table gives it', async () => {
    const routes = listRoutes(site.app).filter((route) => route.method === 'get' && !route.path.includes(':'));

    for (const role of USER_ROLES) {
      const visitor = await site.signedIn(await site.world.hire(ana, role));
      for (const { path, guard } of routes) {
        const permission = /^can:(.+)$/.exec(guard.name)?.[1] as Permission | undefined;
        const isAllowed = permission === undefined || role in PERMISSIONS[permission];
        const { status } = await visitor.ask(path);
        assert.equal(status === 403, !isAllowed, `${role} ${path} ${status}`);
      }
    }
  });
});
