import assert from 'node:assert/strict';
import { inviteUser } from '#domain/construction/users/index.ts';
import { archiveTenant, getTenant, listDomains, proofsOf } from '#domain/tenants/index.ts';
import { csrfIn, openTestConsole, type Browser, type TestConsole } from '#tests/support/console.ts';
import { fillEveryTable } from '#tests/support/full-store.ts';
import { aLiveTenant, auditOf, endJob, freshSlug } from '#tests/support/tenants.ts';

const TABS = ['domains', 'people', 'plan', 'usage', 'jobs', 'timeline'];

describe('the pages of a store’s life', () => {
  let console: TestConsole;
  let operator: { browser: Browser; csrf: string };
  let admin: { browser: Browser; csrf: string };
  const outside = new Map<string, string[]>();

  before(async () => {
    console = await openTestConsole({
      lookup: { texts: async (name) => outside.get(name) ?? [], page: async () => undefined },
    });
    operator = await console.signIn('operator');
    admin = await console.signIn('admin');
  });
  after(() => console?.stop());

  const live = () => aLiveTenant(console.ctx);
  const read = async (path: string, who = operator) => (await who.browser.get(path).expect(200)).text;
  const send = (path: string, form: Record<string, string | number> = {}, who = operator) =>
    who.browser
      .post(path)
      .type('form')
      .send({ _csrf: who.csrf, ...form });
  const archived = async (graceDays = 0) => {
    const tenant = await live();
    const { jobId } = await archiveTenant(console.ctx, tenant.id, { reason: 'they left', graceDays });
    await endJob(console.ctx, jobId);
    return tenant;
  };

  it('are tabs of one store, each of which marks itself', async () => {
    const { slug } = await live();

    for (const tab of ['', ...TABS]) {
      const href = tab === '' ? `/tenants/${slug}` : `/tenants/${slug}/${tab}`;
      const text = await read(href);
      assert.match(text, new RegExp(`href="${href}" aria-current="page"`), tab);
      for (const other of TABS) assert.ok(text.includes(`href="/tenants/${slug}/${other}"`), other);
    }
    await operator.browser.get('/tenants/nobody/usage').expect(404);
  });

  it('offer exactly the actions of the state, and only to who may', async () => {
    const { slug } = await live();
    const gone = await archived();
    const actions = (text: string) =>
      ['renames/new', 'suspension', 'archive', 'restoration', 'deletion'].filter((action) =>
        new RegExp(`(href|action)="/tenants/[^/"]+/${action}"`).test(text),
      );

    assert.deepEqual(actions(await read(`/tenants/${slug}`)), ['renames/new', 'suspension', 'archive']);
    assert.deepEqual(actions(await read(`/tenants/${gone.slug}`)), ['restoration']);
    assert.deepEqual(actions(await read(`/tenants/${gone.slug}`, admin)), ['restoration', 'deletion']);
    assert.deepEqual(actions(await read(`/tenants/${slug}`, await console.signIn('viewer'))), []);
  });

  describe('renaming', () => {
    it('says with counts what it does, and does it once the name is typed', async () => {
      const { id, slug } = await live();
      const { user } = await inviteUser(console.ctx, id, { name: 'Ana', email: 'ana@loja.example', role: 'admin' });
      await console.asSuperuser(
        `insert into construction.sessions (tenant_id, id, user_id, issued_at, expires_at, last_seen_at)
         values ($1, gen_random_uuid(), $2, now(), now() + interval '1 day', now())`,
        [id, user.id],
      );
      const to = freshSlug('nova');

      const page = await read(`/tenants/${slug}/renames/new`);
      assert.match(page, /1 person who is signed in now signs in again/);
      assert.match(page, /for 180 more nobody can have it/);
      assert.match(page, /name="alias_days"[^>]*value="90"/);

      const unsure = await send(`/tenants/${slug}/renames`, { slug: to, alias_days: 30 }).expect(422);
      assert.match(unsure.text, new RegExp(`Type ${slug} to confirm\\.`));
      assert.match(unsure.text, new RegExp(`value="${to}"`), 'what was typed is kept');
      const answer = await send(`/tenants/${slug}/renames`, { slug: to, alias_days: 30, confirmation: slug }).expect(
        303,
      );

      assert.equal(answer.headers.location, `/tenants/${slug}`);
      assert.equal((await getTenant(console.ctx, id)).status, 'renaming');
      assert.match(await read(`/tenants/${slug}`), new RegExp(`${to} <small[^>]*>being taken`));
      await operator.browser.get(`/tenants/${slug}/renames/new`).expect(409);
    });

    it('names what is wrong with the new address, as the database sees it too', async () => {
      const { slug } = await live();
      const other = await live();

      const taken = { slug: other.slug, alias_days: 0, confirmation: slug };
      const { text } = await send(`/tenants/${slug}/renames`, taken).expect(422);
      const again = await send(`/tenants/${slug}/renames`, { ...taken, alias_days: 9 }).expect(422);

      assert.match(text, /id="alias_days-error">Type a whole number of days, 1 to 3650/);
      assert.match(again.text, /This address belongs to another store/);
    });
  });

  describe('archiving', () => {
    it('says with counts what stays and who is out, and archives', async () => {
      const { id, slug } = await live();
      await fillEveryTable(console.superuserUrl, id);

      const page = await read(`/tenants/${slug}/archive`);
      assert.match(page, /1 person cannot sign in any more/);
      assert.match(page, /\d+ rows, among them orders: 1, quotes: 1, customers: 1\./);

      await send(`/tenants/${slug}/archive`, { reason: 'x', grace_days: 30, confirmation: slug }).expect(422);
      await send(`/tenants/${slug}/archive`, { reason: 'they left', grace_days: 30, confirmation: slug }).expect(303);

      const store = await read(`/tenants/${slug}`);
      assert.match(store, /Archived/);
      assert.match(store, /Can be deleted\s+<time[^>]*>in \d+ days/);
      assert.deepEqual(await auditOf(console.ctx, id), ['tenant.archived']);
    });

    it('is taken back by restoring', async () => {
      const { id, slug } = await archived();

      await send(`/tenants/${slug}/restoration`).expect(303);

      assert.match(await read(`/tenants/${slug}`), /Restore a store/);
      assert.equal((await auditOf(console.ctx, id)).at(-1), 'tenant.restoration_requested');
    });
  });

  describe('deleting', () => {
    it('shows the rows that go and the names nobody can have, and wants the name typed', async () => {
      const { id, slug } = await archived();
      await fillEveryTable(console.superuserUrl, id);

      const page = await read(`/tenants/${slug}/deletion`, admin);
      assert.match(page, /\d+ rows are erased, among them people: 1, customers: 1, quotes: 1, orders: 1, events: 1\./);
      assert.match(page, new RegExp(`Nobody can have ${slug} for 180 days`));

      await send(`/tenants/${slug}/deletion`, { reason: 'they asked', confirmation: 'x' }, admin).expect(422);
      await send(`/tenants/${slug}/deletion`, { reason: 'they asked', confirmation: slug }, admin).expect(303);
      assert.equal((await auditOf(console.ctx, id)).at(-1), 'tenant.deletion_requested');
    });

    it('is an admin’s to try again, as it was to ask for', async () => {
      const { id, slug } = await archived();
      await send(`/tenants/${slug}/deletion`, { reason: 'they asked', confirmation: slug }, admin).expect(303);
      const [jobId] = await console.ctx.db('platform.jobs').where({ tenant_id: id, kind: 'tenant.delete' }).pluck('id');
      await endJob(console.ctx, jobId, 'failed');

      assert.doesNotMatch(await read(`/jobs/${jobId}`), /\/retries"/);
      await send(`/jobs/${jobId}/retries`).expect(403);
      assert.match(await read(`/jobs/${jobId}`, admin), /\/retries"/);
      await send(`/jobs/${jobId}/retries`, {}, admin).expect(303);
    });

    it('offers no button before the end of the grace', async () => {
      const { slug } = await archived(30);

      const page = await read(`/tenants/${slug}/deletion`, admin);

      assert.match(page, /Its grace is not over/);
      assert.doesNotMatch(page, /data-confirm-submit/);
      const forced = await send(
        `/tenants/${slug}/deletion`,
        { reason: 'they asked', confirmation: slug },
        admin,
      ).expect(409);
      assert.match(forced.text, /The grace of this store is not over/);
    });

    it('leaves a page that shows the record and what was done, and nothing else', async () => {
      const { id, slug } = await archived();
      await console.ctx.db('platform.tenants').where({ id }).update({ status: 'deleted', delete_after: null });

      const page = await read(`/tenants/${id}`, admin);

      assert.match(page, /Deleted/);
      assert.ok(page.includes(`/tenants/${slug}/timeline`) && !page.includes(`/tenants/${slug}/people`));
    });
  });

  it('note a domain, show what its owner must set up, look for it and take it away', async () => {
    const { id, slug } = await live();
    const host = `${slug}.com.br`;
    const path = `/tenants/${slug}/domains`;

    assert.match((await send(path, { host: 'loja.localhost' }).expect(422)).text, /belongs to the platform/);
    await send(path, { host }).expect(303);
    const { dns, http } = proofsOf((await listDomains(console.ctx, id))[0]!);
    for (const text of [dns.name, dns.value, http.url]) assert.ok((await read(path)).includes(text), text);

    await send(`${path}/${host}/checks`).expect(303);
    assert.match(await read(path), /is not proven yet\. What was seen instead is below[\s\S]*has no TXT record/);
    outside.set(dns.name, [dns.value]);
    await send(`${path}/${host}/checks`).expect(303);
    assert.match(await read(path), /Proven; the edges are being told/);

    await send(`${path}/${host}/removal`, { confirmation: 'other' }).expect(422);
    await send(`${path}/${host}/removal`, { confirmation: host }).expect(303);
    assert.deepEqual(await listDomains(console.ctx, id), []);
  });

  it('invite a person and show the one-time password in that answer alone', async () => {
    const { id, slug } = await live();
    const path = `/tenants/${slug}/people`;
    await inviteUser(console.ctx, id, { name: 'Ana', email: 'ana@loja.example', role: 'admin' });

    const bad = await send(path, { name: '', email: 'nowhere', role: 'king' }).expect(422);
    for (const field of ['name', 'email']) assert.match(bad.text, new RegExp(`id="${field}-error"`));
    const taken = await send(path, { name: 'Bia', email: 'ANA@loja.example', role: 'manager' }).expect(422);
    assert.match(taken.text, /Somebody in this store has this e-mail already/);
    const invited = await send(path, { name: 'Bia', email: 'bia@loja.example', role: 'manager' }).expect(201);

    assert.match(invited.text, /id="one-time-password">[a-z0-9-]{19}</);
    assert.equal(invited.headers['cache-control'], 'no-store');
    const list = await read(path);
    assert.match(list, /2 of 10 people/);
    assert.doesNotMatch(list, /one-time-password"/);
  });

  it('reset a password, keep a person out and let them in again', async () => {
    const { id, slug } = await live();
    await inviteUser(console.ctx, id, { name: 'Ana', email: 'ana@loja.example', role: 'admin' });
    const { user } = await inviteUser(console.ctx, id, { name: 'Bia', email: 'bia@loja.example', role: 'driver' });
    const path = `/tenants/${slug}/people/${user.id}`;

    assert.match((await send(`${path}/one-time-password`).expect(200)).text, /id="one-time-password">/);
    assert.match(await read(`${path}/deactivation`), /What they did stays theirs/);
    await send(`${path}/deactivation`, { confirmation: 'bia' }).expect(422);
    await send(`${path}/deactivation`, { confirmation: user.email }).expect(303);
    assert.match(await read(path), /Deactivated/);
    await send(`${path}/reactivation`).expect(303);

    assert.deepEqual((await auditOf(console.ctx, id)).slice(2), [
      'user.password_reset',
      'user.deactivated',
      'user.reactivated',
    ]);
  });

  it('change the plan, and say why not', async () => {
    const { slug } = await live();

    await send(`/tenants/${slug}/plan`, { plan: 'premium' }).expect(303);
    assert.match(await read(`/tenants/${slug}/plan`), /value="premium" checked/);
    const none = await send(`/tenants/${slug}/plan`, { plan: 'golden' }).expect(422);
    assert.match(none.text, /Choose a plan\./);
    const viewer = await console.signIn('viewer');
    assert.doesNotMatch(await read(`/tenants/${slug}/plan`, viewer), /Change the plan/);
  });

  it('tell what it has, what waits, and what was put aside', async () => {
    const { id, slug } = await live();
    await fillEveryTable(console.superuserUrl, id);

    const page = await read(`/tenants/${slug}/usage`);

    assert.match(page, /1 event was put aside/);
    assert.match(page, /The engine failed on it/);
    assert.match(page, /construction\.customers/);
    assert.match(await read(`/tenants/${slug}/timeline`), /Nothing was recorded/);
  });

  it('speak the reader’s language', async () => {
    const { slug } = await live();
    const { browser, csrf } = await console.signIn('admin');
    await browser.post('/preferences').type('form').send({ _csrf: csrf, locale: 'pt-BR', next: '/' }).expect(303);

    const text = (await browser.get(`/tenants/${slug}/renames/new`).expect(200)).text;

    assert.match(text, /A loja é servida o tempo todo/);
    assert.ok(csrfIn(text));
  });
});
