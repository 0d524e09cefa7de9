import assert from 'node:assert/strict';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';

describe('operators in the console', () => {
  let console: TestConsole;
  let admin: Awaited<ReturnType<TestConsole['signIn']>>;

  before(async () => {
    console = await openTestConsole();
    admin = await console.signIn('admin');
  });
  after(() => console.stop());

  const post = (path: string, form: object) =>
    admin.browser
      .post(path)
      .type('form')
      .send({ _csrf: admin.csrf, ...form });
  const invite = (email: string, role = 'viewer') => post('/operators', { name: 'Sam Okoye', email, role });
  const idOf = async (email: string): Promise<string> =>
    (await console.ctx.db('platform.operators').where({ email }).first()).id;

  it('shows the one-time password once, and it opens the console', async () => {
    const page = await invite('sam@example.com').expect(201);
    const password = /id="one-time-password">([^<]+)</.exec(page.text)![1]!;

    assert.equal(page.headers['cache-control'], 'no-store');
    const { browser, csrf } = await console.visit();
    await browser.post('/login').type('form').send({ _csrf: csrf, email: 'sam@example.com', password }).expect(303);
    const stored = JSON.stringify(await console.ctx.db('platform.operators').where({ email: 'sam@example.com' }));
    assert.ok(!stored.includes(password));
  });

  it('draws the form again with what was typed and the field at fault', async () => {
    const bad = await post('/operators', { name: '  ', email: 'no-mail', role: 'viewer' }).expect(422);
    assert.match(bad.text, /value="no-mail"/);
    assert.match(bad.text, /id="name-error">Type the name/);
    assert.match(bad.text, /id="email-error">Type an e-mail address/);

    await invite('twice@example.com').expect(201);
    const taken = await invite('Twice@Example.com').expect(422);
    assert.match(taken.text, /id="email-error">Someone with this e-mail is already an operator/);
  });

  it('changes a role with the next request of that person, and says so', async () => {
    const person = await console.signIn('viewer');
    await person.browser.get('/operators/new').expect(403);

    await post(`/operators/${person.operator.id}/role`, { role: 'admin' }).expect(303);

    await person.browser.get('/operators/new').expect(200);
    const page = await admin.browser.get('/operators').expect(200);
    assert.match(page.text, /The viewer is now: Admin/);
  });

  it('asks for the e-mail before it deactivates someone, then ends their sessions', async () => {
    const person = await console.signIn('operator');
    const path = `/operators/${person.operator.id}/deactivation`;
    const question = await admin.browser.get(path).expect(200);
    assert.match(question.text, /1 open session ends at once/);
    await post(path, { confirmation: 'yes' }).expect(422);
    await person.browser.get('/').expect(200);

    await post(path, { confirmation: person.operator.email }).expect(303);

    await person.browser.get('/').expect(303).expect('Location', '/login?next=%2F');
  });

  it('never leaves the platform without an admin', async () => {
    const all = await console.ctx.db('platform.operators').where({ role: 'admin', active: true });
    for (const { id } of all) if (id !== admin.operator.id) await post(`/operators/${id}/role`, { role: 'viewer' });

    await post(`/operators/${admin.operator.id}/role`, { role: 'viewer' }).expect(409);
    await post(`/operators/${admin.operator.id}/deactivation`, { confirmation: admin.operator.email }).expect(409);

    await admin.browser.get('/operators/new').expect(200);
  });

  it('lets a deactivated person in again with a new one-time password only', async () => {
    const first = /id="one-time-password">([^<]+)</.exec((await invite('back@example.com')).text)![1]!;
    const id = await idOf('back@example.com');
    await post(`/operators/${id}/deactivation`, { confirmation: 'back@example.com' }).expect(303);

    const page = await post(`/operators/${id}/one-time-password`, {}).expect(200);

    const second = /id="one-time-password">([^<]+)</.exec(page.text)![1]!;
    const { browser, csrf } = await console.visit();
    const login = (password: string) =>
      browser.post('/login').type('form').send({ _csrf: csrf, email: 'back@example.com', password });
    await login(first).expect(401);
    await login(second).expect(303);
  });

  it('answers 404 for somebody who does not exist', async () => {
    for (const id of ['nobody', '01939b1e-0000-7000-8000-0000000000ff'])
      await admin.browser.get(`/operators/${id}/deactivation`).expect(404);
    await post('/operators/nobody/role', { role: 'viewer' }).expect(404);
  });

  it('writes every change to the audit log and no password', async () => {
    const rows = await console.ctx.db('platform.audit_log').whereLike('action', 'operator.%');
    const actions = new Set(rows.map((row: { action: string }) => row.action));

    for (const action of ['invited', 'role_changed', 'deactivated', 'reset', 'signed_in', 'password_changed'])
      assert.ok(actions.has(`operator.${action}`), action);
    assert.doesNotMatch(JSON.stringify(rows), /argon2/);
  });
});
