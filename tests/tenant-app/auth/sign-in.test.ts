import assert from 'node:assert/strict';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { PASSWORD, startStoreSite, type StoreSite } from '#tests/support/store-site.ts';

describe('signing in to a store', () => {
  let site: StoreSite;
  let ana: StoreContext;

  before(async () => {
    site = await startStoreSite();
    ana = await site.world.openStore('casa-forte');
    await site.publish('casa-forte', { name: 'Casa Forte Materiais' });
    await site.givePassword(ana);
  });
  after(() => site.close());

  it('shows a login page in the name of the store', async () => {
    const page = await site.browse('casa-forte').ask('/auth/login');

    assert.equal(page.status, 200);
    assert.match(page.text, /Casa Forte Materiais/);
    assert.match(page.text, /<html lang="pt-BR"/);
  });

  it('lets the right password in, with a cookie that scripts cannot read', async () => {
    const browser = site.browse('casa-forte');

    const answer = await browser.signIn(ana.user.email);
    const page = await browser.ask('/web/dashboard');

    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get('location'), '/web/dashboard');
    assert.match(answer.headers.get('set-cookie')!, /^bc_session=[^;]+;.*HttpOnly; SameSite=Lax/);
    assert.equal(page.status, 200);
    assert.match(page.text, /Painel/);
  });

  it('answers a wrong password and an unknown address with the same 401 page', async () => {
    const wrong = await site.browse('casa-forte').signIn(ana.user.email, 'not-the-password');
    const unknown = await site.browse('casa-forte').signIn('nobody@test.example', 'not-the-password');

    assert.equal(wrong.status, 401);
    assert.equal(unknown.status, 401);
    assert.equal(wrong.text.replaceAll(ana.user.email, ''), unknown.text.replaceAll('nobody@test.example', ''));
    assert.match(wrong.text, /E-mail ou senha não conferem/);
  });

  it('keeps the address that was typed, and never the password', async () => {
    const page = await site.browse('casa-forte').signIn('"><b>x@test.example', 'not-the-password');

    assert.match(page.text, /value="&#34;&gt;&lt;b&gt;x@test.example"/);
    assert.doesNotMatch(page.text, /not-the-password/);
  });

  it('draws the form again for fields that are no text', async () => {
    for (const email of [{ toString: 1, valueOf: 1 }, ['a'], 7]) {
      const answer = await site.browse('casa-forte').ask('/auth/login/form', { json: { email, password: PASSWORD } });

      assert.equal(answer.status, 401);
      assert.match(answer.text, /E-mail ou senha não conferem/);
    }
  });

  it('signs nobody in whom the page of another store sends, in browsers old and new', async () => {
    const right = { email: ana.user.email, password: PASSWORD };
    for (const headers of [{ 'Sec-Fetch-Site': 'same-site' }, { Origin: 'http://other.localhost:8080' }])
      for (const path of ['/auth/login/form', '/auth/login']) {
        const answer = await site.browse('casa-forte').ask(path, { form: right, headers });

        assert.equal(answer.status, 403, path);
        assert.equal(answer.headers.get('set-cookie'), null);
        assert.doesNotMatch(answer.text, /access_token/);
      }
  });

  it('goes to the page that was wanted when it is one of this store', async () => {
    const wanted = { email: ana.user.email, password: PASSWORD, next: '/web/settings/password?x=1' };

    const answer = await site.browse('casa-forte').ask('/auth/login/form', { form: wanted });

    assert.equal(answer.headers.get('location'), '/web/settings/password?x=1');
  });

  it('never goes to another site, whatever was wanted', async () => {
    for (const next of ['//evil.example/web/', 'https://evil.example/web/', '/\\evil.example/web/']) {
      const form = { email: ana.user.email, password: PASSWORD, next };
      const answer = await site.browse('casa-forte').ask('/auth/login/form', { form });
      assert.equal(answer.headers.get('location'), '/web/dashboard', next);
    }
  });

  it('gives programs a Bearer token that opens the same store', async () => {
    const browser = site.browse('casa-forte');

    const answer = await browser.ask('/auth/login', { json: { email: ana.user.email, password: PASSWORD } });
    const grant = answer.json();
    const me = await browser.ask('/auth/me', { headers: { Authorization: `Bearer ${String(grant.access_token)}` } });

    assert.equal(answer.status, 200);
    assert.equal(grant.token_type, 'bearer');
    assert.equal(grant.expires_in, 24 * 60 * 60);
    assert.equal(me.json().email, ana.user.email);
    assert.deepEqual(me.json().tenant, { slug: 'casa-forte', name: 'casa-forte' });
    assert.ok((me.json().permissions as string[]).includes('quote.create'));
  });

  it('tells programs about a wrong password with a problem document, not with a login page', async () => {
    const answer = await site
      .browse('casa-forte')
      .ask('/auth/login', { json: { email: ana.user.email, password: 'not-the-password' } });

    assert.equal(answer.status, 401);
    assert.match(answer.headers.get('content-type')!, /^application\/problem\+json/);
    assert.equal(answer.json().code, 'wrong_credentials');
  });

  it('tells programs as little about who exists', async () => {
    const answers = [];
    for (const email of [ana.user.email, 'nobody@test.example']) {
      const answer = await site.browse('casa-forte').ask('/auth/login', { json: { email, password: 'wrong' } });
      answers.push({ ...answer.json(), trace_id: '' });
    }

    assert.deepEqual(answers[0], answers[1]);
  });

  it('takes nobody who is signed in already to another site', async () => {
    const browser = site.browse('casa-forte');
    await browser.signIn(ana.user.email);

    const away = await browser.ask('/auth/login?next=%2F%2Fevil.example%2Fweb%2F');
    const own = await browser.ask('/auth/login?next=%2Fweb%2Fquotes');

    assert.equal(away.headers.get('location'), '/web/dashboard');
    assert.equal(own.headers.get('location'), '/web/quotes');
  });

  it('refuses a sign-in that another site sends, as another store’s page could', async () => {
    const browser = site.browse('casa-forte');
    const form = { email: ana.user.email, password: PASSWORD };

    const answer = await browser.ask('/auth/login/form', { form, headers: { 'Sec-Fetch-Site': 'same-site' } });

    assert.equal(answer.status, 403);
    assert.equal(browser.cookies.size, 0);
  });

  it('writes who signed in to the audit log of the store', async () => {
    await site.browse('casa-forte').signIn(ana.user.email);

    const [row] = await site.world.rows<{ actor_label: string; ip: string }>(
      `select actor_label, host(ip) as ip from construction.audit_log where action = 'session.started' order by at desc`,
    );

    assert.deepEqual(row, { actor_label: ana.user.email, ip: '203.0.113.7' });
  });
});
