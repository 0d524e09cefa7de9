import assert from 'node:assert/strict';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { startStoreSite, type Browser, type StoreSite } from '#tests/support/store-site.ts';

const MINUTE_MS = 60_000;

describe('a session of a store', () => {
  let site: StoreSite;
  let ana: StoreContext;
  let browser: Browser;

  beforeEach(async () => {
    site = await startStoreSite();
    ana = await site.world.openStore('casa-forte');
    browser = await site.signedIn(ana);
  });
  afterEach(() => site.close());

  it('is over after signing out, also for someone who kept the cookie', async () => {
    const kept = browser.cookies.get('bc_session')!;
    await browser.ask('/web/dashboard');

    const answer = await browser.submit('/auth/logout');
    const thief = site.browse('casa-forte');
    thief.cookies.set('bc_session', kept);
    const page = await thief.ask('/web/dashboard');

    assert.equal(answer.status, 303);
    assert.equal(browser.cookies.size, 0);
    assert.equal(page.status, 303);
    assert.equal(page.headers.get('location'), '/auth/login?next=%2Fweb%2Fdashboard');
    assert.equal((await thief.ask('/auth/me')).status, 401);
  });

  it('leaves no page behind in the browser to go back to', async () => {
    const { headers } = await browser.ask('/web/dashboard');

    assert.equal(headers.get('cache-control'), 'no-store');
  });

  it('is not ended by a link: GET only asks', async () => {
    const page = await browser.ask('/auth/logout');

    assert.equal(page.status, 200);
    assert.equal((await browser.ask('/web/dashboard')).status, 200);
  });

  it('is not ended by a form of another page', async () => {
    const answer = await browser.ask('/auth/logout', { form: { _csrf: 'guessed' } });

    assert.equal(answer.status, 403);
    assert.equal((await browser.ask('/web/dashboard')).status, 200);
  });

  it('is over at once when the person is deactivated, and the useless cookie is taken away', async () => {
    await site.world.rows('update construction.users set active = false where id = $1', [ana.user.id]);

    const page = await browser.ask('/web/dashboard');

    assert.equal(page.status, 303);
    assert.equal(browser.cookies.size, 0);
    assert.equal((await browser.signIn(ana.user.email)).status, 401);
  });

  it('is over when the tokens of the person were all declared void', async () => {
    await site.world.rows('update construction.users set token_version = 2 where id = $1', [ana.user.id]);

    assert.equal((await browser.ask('/web/dashboard')).status, 303);
  });

  it('is over after eight hours without anyone at the screen, which refreshes itself meanwhile', async () => {
    const poll = { headers: { 'HX-Request': 'true', 'HX-Request-Type': 'partial' } };
    for (let hour = 0; hour < 8; hour++) {
      site.world.clock.advance(59 * MINUTE_MS);
      assert.equal((await browser.ask('/web/dashboard', poll)).status, 200);
    }
    site.world.clock.advance(9 * MINUTE_MS);

    const answer = await browser.ask('/web/dashboard', poll);

    assert.equal(answer.status, 401);
    assert.match(answer.headers.get('hx-redirect')!, /^\/auth\/login/);
  });

  it('goes on for as long as someone works, but not beyond its day', async () => {
    for (let visit = 0; visit < 3; visit++) {
      site.world.clock.advance(7 * 60 * MINUTE_MS);
      assert.equal((await browser.ask('/web/dashboard')).status, 200);
    }
    site.world.clock.advance(4 * 60 * MINUTE_MS);

    assert.equal((await browser.ask('/web/dashboard')).status, 303);
  });

  it('of one store opens nothing in another: 401, and the cookie is taken away', async () => {
    await site.world.openStore('tijolao');
    await site.publish('tijolao');
    const other = site.browse('tijolao');
    const token = browser.cookies.get('bc_session')!;
    other.cookies.set('bc_session', token);

    const page = await other.ask('/web/dashboard');
    const api = await other.ask('/api/v1/dashboard', { headers: { Authorization: `Bearer ${token}` } });

    assert.equal(page.status, 401);
    assert.match(page.text, /Esta sessão é de outra loja/);
    assert.equal(other.cookies.size, 0);
    assert.equal(api.status, 401);
    assert.equal(api.json().code, 'session_of_another_store');

    other.cookies.set('bc_session', token);
    for (const path of ['/auth/me', '/auth/validate'])
      assert.equal((await other.ask(path)).json().code, 'session_of_another_store', path);
    assert.equal((await other.ask('/auth/login')).status, 200, 'nobody is signed in here');
  });
});
