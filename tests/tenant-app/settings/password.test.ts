import assert from 'node:assert/strict';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { PASSWORD, startStoreSite, type Browser, type StoreSite } from '#tests/support/store-site.ts';

const NEW = 'tres-sacos-de-cal';

describe('choosing a password of one’s own', () => {
  let site: StoreSite;
  let ana: StoreContext;
  let browser: Browser;

  beforeEach(async () => {
    site = await startStoreSite();
    ana = await site.world.openStore('casa-forte');
    await site.world.rows('update construction.users set must_change_password = true');
    browser = await site.signedIn(ana);
    await browser.ask('/web/settings/password');
  });
  afterEach(() => site.close());

  const API = { Accept: 'application/json' };

  it('is all that every page leads to while the password is a one-time one, and opens the store', async () => {
    const before = await browser.ask('/web/dashboard');
    const sale = await browser.submit('/web/quotes');
    const page = await browser.ask('/web/settings/password');
    const chosen = await browser.submit('/web/settings/password', { current: PASSWORD, next: NEW });

    for (const answer of [before, sale]) {
      assert.equal(answer.status, 303);
      assert.equal(answer.headers.get('location'), '/web/settings/password');
    }
    assert.match(page.text, /Escolha a sua senha/);
    assert.doesNotMatch(page.text, /href="\/web\/customers"/, 'no way that leads nowhere');
    assert.equal(chosen.headers.get('location'), '/web/dashboard');
    assert.equal((await browser.ask('/web/dashboard')).status, 200);
  });

  it('sends a piece of a page that was open to the same place', async () => {
    const answer = await browser.ask('/web/dashboard', { headers: { 'HX-Request-Type': 'partial' } });

    assert.equal(answer.status, 403);
    assert.equal(answer.headers.get('hx-redirect'), '/web/settings/password');
  });

  it('is asked of programs too, by cookie as by token', async () => {
    const byCookie = await browser.ask('/api/v1/customers', { headers: API });
    const token = browser.cookies.get('bc_session')!;
    const headers = { ...API, Authorization: `Bearer ${token}` };
    const byToken = await site.browse('casa-forte').ask('/api/v1/customers', { headers, json: { name: 'Eva' } });

    for (const answer of [byCookie, byToken]) {
      assert.equal(answer.status, 403);
      assert.match(answer.headers.get('content-type')!, /problem\+json/);
      assert.equal(answer.json().code, 'password_change_required');
    }
    assert.deepEqual(await site.world.rows('select id from construction.customers'), []);
  });

  it('keeps language, colours and the way out open', async () => {
    assert.equal((await browser.ask('/web/settings/preferences')).status, 200);
    assert.equal((await browser.ask('/web/theme.css')).status, 200);
    await browser.ask('/web/settings/password');
    assert.match((await browser.submit('/auth/logout')).headers.get('location')!, /signed_out/);
  });

  it('ends the sessions on other devices and keeps this one', async () => {
    const phone = await site.signedIn(ana);
    await browser.ask('/web/settings/password');

    const answer = await browser.submit('/web/settings/password', { current: PASSWORD, next: NEW });

    assert.equal(answer.status, 303);
    assert.equal((await browser.ask('/web/dashboard')).status, 200);
    assert.equal((await phone.ask('/web/dashboard')).status, 303);
    assert.equal((await site.browse('casa-forte').signIn(ana.user.email, NEW)).status, 303);
    assert.equal((await site.browse('casa-forte').signIn(ana.user.email, PASSWORD)).status, 401);
  });

  it('names the field that is wrong, with 422, and changes nothing', async () => {
    const wrong = await browser.submit('/web/settings/password', { current: 'not-it', next: NEW });
    const short = await browser.submit('/web/settings/password', { current: PASSWORD, next: 'curta' });

    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /id="current-error">Esta não é a sua senha atual/);
    assert.equal(short.status, 422);
    assert.match(short.text, /id="next-error">Use pelo menos 10 caracteres/);
    assert.equal((await site.browse('casa-forte').signIn(ana.user.email)).status, 303);
  });

  it('makes the sixth guess at the current one wait, as at the door', async () => {
    const guess = (current: string) => browser.submit('/web/settings/password', { current, next: NEW });
    for (let attempt = 1; attempt <= 5; attempt++) assert.equal((await guess(`wrong-${attempt}`)).status, 422);

    const answer = await guess(PASSWORD);

    assert.equal(answer.status, 429);
    assert.ok(Number(answer.headers.get('retry-after')) > 0);
  });

  it('leaves a row in the audit log, without the password', async () => {
    await browser.submit('/web/settings/password', { current: PASSWORD, next: NEW });

    const rows = await site.world.rows<{ row: string }>(
      `select to_jsonb(a)::text as row from construction.audit_log a where action = 'user.password_changed'`,
    );

    assert.equal(rows.length, 1);
    assert.doesNotMatch(rows[0]!.row, new RegExp(NEW));
  });
});
