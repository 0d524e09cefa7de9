import assert from 'node:assert/strict';
import request, { type Response } from 'supertest';
import { createConsoleApp } from '#console/app.ts';
import { inviteOperator } from '#domain/operators/index.ts';
import { csrfIn, openTestConsole, type TestConsole } from '#tests/support/console.ts';

describe('the console’s frame', () => {
  let console: TestConsole;

  before(async () => {
    console = await openTestConsole();
  });
  after(() => console.stop());

  it('refuses a form without the token of its session, and changes nothing', async () => {
    const { browser, operator } = await console.signIn('admin');
    const form = { name: 'Mallory', locale: 'en', theme: 'auto' };

    for (const _csrf of [undefined, '', 'x'.repeat(64)]) {
      const page = await browser
        .post('/profile')
        .type('form')
        .send({ ...form, _csrf })
        .expect(403);
      assert.match(page.text, /too old or came from another site/);
    }

    const row = await console.ctx.db('platform.operators').where({ id: operator.id }).first();
    assert.equal(row.name, operator.name);
  });

  it('refuses a post that another site made, even with the right token', async () => {
    const { browser, csrf } = await console.signIn('admin');

    for (const site of ['cross-site', 'same-site'])
      await browser.post('/logout').set('Sec-Fetch-Site', site).type('form').send({ _csrf: csrf }).expect(403);

    await browser.get('/').expect(200);
  });

  it('sends the security headers with every answer, also with refusals and assets', async () => {
    const { browser } = await console.signIn('viewer');
    const asset = /href="(\/assets\/\w+\/tabler\.css)"/.exec((await browser.get('/').expect(200)).text)![1]!;
    const answers = await Promise.all([
      browser.get('/'),
      browser.get('/nowhere'),
      browser.get('/operators/new'),
      browser.post('/profile'),
      request(console.app).get('/'),
      request(console.app).get('/api/v1/tenants'),
      request(console.app).get('/api/v1/nowhere'),
      request(console.app).get(asset),
    ]);

    for (const answer of answers) assertSecured(answer);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 404, 403, 403, 303, 401, 404, 200],
    );
  });

  it('allows no inline script and no inline style on its pages', async () => {
    const { browser } = await console.signIn('viewer');
    for (const path of ['/', '/audit', '/operators', '/droplets', '/profile', '/password', '/nowhere', '/login']) {
      const { text } = await browser.get(path).redirects(1);
      assert.doesNotMatch(text, /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|hx-on/, path);
    }
  });

  it('asks nobody to quote an id where there is nothing', async () => {
    const { browser } = await console.signIn('viewer');
    const { text } = await browser.get('/nowhere').expect(404);

    assert.match(text, /There is nothing at this address\./);
    assert.doesNotMatch(text, /quote this id/);
  });

  it('leaves no page of a signed-out person in the browser', async () => {
    const { browser } = await console.signIn('viewer');

    await browser.get('/').expect('Cache-Control', 'no-store');
  });

  it('marks the session cookie for TLS alone where it is reached by TLS, and counts by the caller’s address', async () => {
    const secure = createConsoleApp({
      ...console.parts,
      config: { ...console.parts.config, CONSOLE_URL: 'https://console.example.com' },
    });
    const headers = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '203.0.113.9' };

    const page = await request(secure).get('/login').set(headers).expect(200);
    const [cookie] = page.get('Set-Cookie')!;
    await request(secure)
      .post('/login')
      .set({ ...headers, Cookie: cookie!.split(';')[0]! })
      .type('form')
      .send({ _csrf: csrfIn(page.text), email: 'x@example.com', password: 'wrong' })
      .expect(401);

    assert.match(cookie!, /^__Host-bc_console=.*; Path=\/; .*HttpOnly; Secure; SameSite=Lax$/);
    const keys: string[] = await console.ctx.db('platform.login_throttle').pluck('key');
    assert.ok(keys.includes('console-address:203.0.113.9'));
  });

  it('believes the proxy in front of it about the caller, and not the caller, on whatever network that one is', async () => {
    const secure = createConsoleApp({
      ...console.parts,
      config: { ...console.parts.config, CONSOLE_URL: 'https://console.example.com' },
    });
    const headers = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '198.51.100.66, 10.8.0.5' };

    const page = await request(secure).get('/login').set(headers).expect(200);
    await request(secure)
      .post('/login')
      .set({ ...headers, Cookie: page.get('Set-Cookie')![0]!.split(';')[0]! })
      .type('form')
      .send({ _csrf: csrfIn(page.text), email: 'x@example.com', password: 'wrong' })
      .expect(401);

    const keys: string[] = await console.ctx.db('platform.login_throttle').pluck('key');
    assert.ok(keys.includes('console-address:10.8.0.5'));
    assert.ok(!keys.includes('console-address:198.51.100.66'));
  });

  it('names every error of the API in one shape, with the id of the request', async () => {
    for (const path of ['/api/v1/tenants', '/api/v1/nowhere']) {
      const { body, headers } = await request(console.app).get(path).set('X-Request-Id', 'request-12345');
      assert.match(headers['content-type']!, /^application\/problem\+json/);
      assert.deepEqual(Object.keys(body).sort(), ['code', 'status', 'title', 'trace_id', 'type']);
      assert.equal(body.trace_id, 'request-12345');
    }
  });

  it('shows one page only until the one-time password was replaced', async () => {
    const { operator, password } = await inviteOperator(console.ctx, {
      email: 'new@example.com',
      name: 'New',
      role: 'admin',
    });
    const { browser, csrf } = await console.visit();
    await browser.post('/login').type('form').send({ _csrf: csrf, email: operator.email, password }).expect(303);

    for (const path of ['/', '/operators', '/operators/new', '/profile', '/nowhere'])
      await browser.get(path).expect(303).expect('Location', '/password');
    await browser.get('/').set('HX-Request-Type', 'partial').expect(403).expect('HX-Redirect', '/password');
    const form = await browser.get('/password').expect(200);
    await browser
      .post('/operators')
      .type('form')
      .send({ _csrf: csrfIn(form.text), name: 'X' })
      .expect(303);
    assert.equal((await console.ctx.db('platform.operators').where({ name: 'X' })).length, 0);
  });

  it('tells htmx to sign in again instead of putting the login page into a fragment', async () => {
    const { browser } = await console.visit();

    await browser
      .get('/audit')
      .set('HX-Request-Type', 'partial')
      .expect(401)
      .expect('HX-Redirect', '/login?next=%2Faudit');
  });

  it('answers a piece of a page to htmx and the whole page to a browser, from the same address', async () => {
    const { browser } = await console.signIn('viewer');

    const whole = await browser.get('/').expect(200);
    const piece = await browser.get('/').set('HX-Request-Type', 'partial').expect(200);

    assert.match(whole.text, /<!doctype html>[\s\S]*id="overview"/);
    assert.doesNotMatch(piece.text, /<!doctype html>/);
    assert.match(piece.text, /id="overview"/);
    assert.match(whole.headers.vary!, /HX-Request-Type/);
  });

  it('draws the language and the theme that were chosen, from the first byte', async () => {
    const { browser, csrf } = await console.signIn('viewer');
    const before = await browser.get('/').set('Sec-CH-Prefers-Color-Scheme', 'dark').expect(200);
    assert.match(before.text, /<html lang="en" data-bs-theme="dark" data-theme-choice="auto">/);

    await browser
      .post('/preferences')
      .type('form')
      .send({ _csrf: csrf, theme: 'light', locale: 'pt-BR', next: '/audit' })
      .expect(303)
      .expect('Location', '/audit');

    const page = await browser.get('/').set('Sec-CH-Prefers-Color-Scheme', 'dark').expect(200);
    assert.match(page.text, /<html lang="pt-BR" data-bs-theme="light" data-theme-choice="light">/);
    assert.match(page.text, /Visão geral/);
  });
});

function assertSecured({ headers, request: { method, url } }: Response & { request: { method: string; url: string } }) {
  const place = `${method} ${url}`;
  assert.match(headers['content-security-policy']!, /default-src 'none'/, place);
  assert.doesNotMatch(headers['content-security-policy']!, /unsafe-/, place);
  assert.equal(headers['x-content-type-options'], 'nosniff', place);
  assert.match(headers['x-request-id']!, /^[\w-]{8,}$/, place);
  assert.equal(headers['x-powered-by'], undefined, place);
}
