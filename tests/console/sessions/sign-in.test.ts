import assert from 'node:assert/strict';
import request from 'supertest';
import { deactivateOperator, inviteOperator } from '#domain/operators/index.ts';
import { csrfIn, openTestConsole, type Browser, type TestConsole } from '#tests/support/console.ts';

describe('signing in to the console', () => {
  let console: TestConsole;

  before(async () => {
    console = await openTestConsole();
  });
  after(() => console.stop());

  const post = (browser: Browser, csrf: string, form: Record<string, string>) =>
    browser
      .post('/login')
      .type('form')
      .send({ _csrf: csrf, ...form });

  it('lets in who knows the password, and shows who is signed in', async () => {
    const { browser, operator } = await console.signIn('viewer');

    const page = await browser.get('/').expect(200);

    assert.match(page.text, new RegExp(operator.email));
  });

  it('goes on to the page that was asked for, and never to another site', async () => {
    const asked = await console.visit();
    const { password, operator } = await inviteOperator(console.ctx, {
      email: 'next@example.com',
      name: 'Next',
      role: 'viewer',
    });
    const credentials = { email: operator.email, password };

    const redirect = await asked.browser.get('/audit?who=sam').expect(303);
    assert.equal(redirect.headers.location, '/login?next=%2Faudit%3Fwho%3Dsam');
    const followed = await post(asked.browser, asked.csrf, { ...credentials, next: '/audit?who=sam' }).expect(303);
    assert.equal(followed.headers.location, '/audit?who=sam');

    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', '/\t/evil.example', 'evil']) {
      const { browser, csrf } = await console.visit();
      const answer = await post(browser, csrf, { ...credentials, next }).expect(303);
      assert.equal(answer.headers.location, '/');
    }
  });

  it('refuses a wrong password, an unknown e-mail and a deactivated person in the same words', async () => {
    const invite = (email: string) => inviteOperator(console.ctx, { email, name: 'Someone', role: 'viewer' });
    await invite('known@example.com');
    const gone = await invite('gone@example.com');
    await deactivateOperator(console.ctx, gone.operator.id);
    const tries = [
      { email: 'known@example.com', password: 'wrong password' },
      { email: 'unknown@example.com', password: 'wrong password' },
      { email: 'gone@example.com', password: gone.password },
    ];

    const messages = new Set<string>();
    for (const credentials of tries) {
      const { browser, csrf } = await console.visit();
      const page = await post(browser, csrf, credentials).expect(401);
      assert.match(page.text, new RegExp(`value="${credentials.email}"`), 'the e-mail typed is kept');
      messages.add(/role="alert">.*<div>([^<]+)<\/div><\/div>/.exec(page.text)![1]!);
    }

    assert.deepEqual([...messages], ['E-mail and password do not match an active account.']);
  });

  it('refuses fields that no browser sends, without a fault of its own', async () => {
    const { browser, csrf } = await console.visit();
    const send = (body: string) => browser.post('/login').type('form').send(`_csrf=${csrf}&${body}`);

    await send('email=a@example.com&email=b@example.com&password=x&password=y').expect(401);
    await send('password=x').expect(401);
    await send('email=a%00@example.com&password=x').expect(400);
    await send(`email=a@example.com&password=${'x'.repeat(70_000)}`).expect(413);
  });

  it('makes the sixth try of an account wait, even with the right password', async () => {
    const { operator, password } = await inviteOperator(console.ctx, {
      email: 'guessed@example.com',
      name: 'Guessed',
      role: 'viewer',
    });
    const { browser, csrf } = await console.visit();
    for (let i = 0; i < 5; i++)
      await post(browser, csrf, { email: operator.email, password: `guess number ${i}` }).expect(401);

    const page = await post(browser, csrf, { email: operator.email, password }).expect(429);

    assert.ok(Number(page.headers['retry-after']) > 800);
    assert.match(page.text, /Try again in 15 minutes/);
  });

  it('gives the session a new id and a new CSRF token, so that a planted one is worth nothing', async () => {
    const { browser, csrf } = await console.visit();
    const { operator, password } = await inviteOperator(console.ctx, {
      email: 'planted@example.com',
      name: 'Planted',
      role: 'viewer',
    });

    await post(browser, csrf, { email: operator.email, password }).expect(303);

    await browser.post('/logout').type('form').send({ _csrf: csrf }).expect(403);
  });

  it('writes the sign-in to the audit log, with the address it came from', async () => {
    const { operator } = await console.signIn('viewer');

    const row = await console.ctx
      .db('platform.audit_log')
      .where({ action: 'operator.signed_in', subject_id: operator.id })
      .first();

    assert.equal(row.actor_label, operator.email);
    assert.match(row.ip, /127\.0\.0\.1/);
  });

  it('signs out: the same cookie opens nothing any more, and the audit log says so', async () => {
    const { browser, csrf, operator } = await console.signIn('viewer');

    await browser.post('/logout').type('form').send({ _csrf: csrf }).expect(303);

    await browser.get('/').expect(303).expect('Location', '/login?next=%2F');
    const rows = await console.ctx
      .db('platform.audit_log')
      .where({ action: 'operator.signed_out', actor_id: operator.id });
    assert.equal(rows.length, 1);
  });

  it('ends the sessions of a person who is deactivated', async () => {
    const { browser, operator } = await console.signIn('operator');
    await browser.get('/').expect(200);

    await deactivateOperator(console.ctx, operator.id);

    // Before anything is asked with it: the next request would take the person out of a session that was left.
    assert.equal((await console.ctx.db('platform.sessions').where({ operator_id: operator.id })).length, 0);
    await browser.get('/').expect(303).expect('Location', '/login?next=%2F');
  });

  it('makes the sixth guess at the current password wait, as at the door', async () => {
    const { browser, csrf, password } = await console.signIn('viewer');
    const change = (current: string) =>
      browser
        .post('/password')
        .type('form')
        .send({ _csrf: csrf, current, password: 'another sentence', repeated: 'another sentence' });

    for (let i = 1; i <= 5; i++) await change(`guess number ${i}`).expect(422);

    await change(password).expect(429).expect('Retry-After', /^\d+$/);
  });

  it('gives the session a new id with a new password, so that a copied cookie is worth nothing', async () => {
    const { operator, password } = await inviteOperator(console.ctx, {
      email: 'copied@example.com',
      name: 'Copied',
      role: 'viewer',
    });
    const { browser, csrf } = await console.visit();
    const signedIn = await post(browser, csrf, { email: operator.email, password }).expect(303);
    const copied = signedIn
      .get('Set-Cookie')!
      .find((cookie) => cookie.startsWith('bc_console='))!
      .split(';')[0]!;

    const form = await browser.get('/password').expect(200);
    const own = { current: password, password: 'a sentence of my own', repeated: 'a sentence of my own' };
    await browser
      .post('/password')
      .type('form')
      .send({ _csrf: csrfIn(form.text), ...own })
      .expect(303);

    await request(console.app)
      .get('/')
      .set('Cookie', copied)
      .expect(303)
      .expect('Location', /^\/login/);
    const page = await browser.get('/').expect(200);
    assert.match(page.text, /Your password was changed/);
  });
});
