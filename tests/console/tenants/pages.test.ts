import assert from 'node:assert/strict';
import { createTenant, createTenantRecords, getTenant, markLive } from '#domain/tenants/index.ts';
import { openTestConsole, type Browser, type TestConsole } from '#tests/support/console.ts';

describe('the stores of the console', () => {
  let console: TestConsole;
  let browser: Browser;
  let csrf: string;
  let made = 0;

  before(async () => {
    console = await openTestConsole();
    ({ browser, csrf } = await console.signIn('operator'));
  });
  after(() => console?.stop());

  const typed = (slug = `shop-${++made}`) => ({
    name: 'Depósito São João',
    slug,
    admin_name: 'João',
    admin_email: 'joao@shop.test',
    primary_color: '#123456',
    secondary_color: '#abcdef',
    logo_url: '',
  });
  const post = (path: string, form: Record<string, string | number>) =>
    browser
      .post(path)
      .type('form')
      .send({ _csrf: csrf, ...form });
  const createLive = async () => {
    const slug = `live-${++made}`;
    const admin = { name: 'Ana', email: 'ana@acme.test' };
    const { tenant } = await createTenant(console.ctx, { slug, name: 'Acme', admin });
    await createTenantRecords(console.ctx, tenant.id, { branding: {}, settings: {} });
    return markLive(console.ctx, tenant.id);
  };
  const actionsOn = (tenantId: string) =>
    console.ctx.db('platform.audit_log').where({ tenant_id: tenantId }).orderBy('id').pluck<string[]>('action');

  describe('POST /tenants', () => {
    it('makes the store and shows the first admin’s password once, on its page', async () => {
      const form = typed();
      const answer = await post('/tenants', form).expect(303);
      assert.equal(answer.headers.location, `/tenants/${form.slug}`);

      const first = await browser.get(`/tenants/${form.slug}`).expect(200);
      const again = await browser.get(`/tenants/${form.slug}`).expect(200);

      const password = /id="one-time-password">([^<]+)</.exec(first.text)?.[1];
      assert.ok(password);
      assert.match(first.text, /0 of 6 steps/);
      assert.doesNotMatch(again.text, /one-time-password/);
    });

    it('keeps the password unreadable while it waits to be shown', async () => {
      await post('/tenants', typed()).expect(303);

      const sessions = JSON.stringify(await console.ctx.db('platform.sessions').select('sess'));

      const page = await browser.get(`/tenants/shop-${made}`).expect(200);
      const password = /id="one-time-password">([^<]+)</.exec(page.text)![1]!;
      assert.match(sessions, /firstPassword/);
      assert.ok(!sessions.includes(password));
    });

    it('draws the same form again, each bad field named and everything typed kept', async () => {
      const form = { ...typed('Loja--1'), name: '', admin_email: 'nowhere', logo_url: 'http://a.test/logo.png' };

      const { text } = await post('/tenants', form).expect(422);

      assert.match(text, /id="slug"[^>]*aria-invalid="true"/);
      assert.match(text, /Use lower-case letters only/);
      for (const field of ['name', 'admin_email', 'logo_url']) assert.match(text, new RegExp(`id="${field}-error"`));
      for (const value of ['Loja--1', 'João', 'nowhere', 'http://a.test/logo.png', '#123456', '#abcdef'])
        assert.ok(text.includes(`value="${value}"`), value);
      assert.equal((await console.ctx.db('platform.tenants').where({ slug: 'Loja--1' })).length, 0);
    });

    it('names the field when the address belongs to another store', async () => {
      const { slug } = await createLive();

      const { text } = await post('/tenants', typed(slug)).expect(422);

      assert.match(text, /This address belongs to another store/);
      assert.match(text, /value="João"/);
    });

    it('speaks the reader’s language', async () => {
      const { browser, csrf } = await console.signIn('operator');
      await browser.post('/preferences').type('form').send({ _csrf: csrf, locale: 'pt-BR', next: '/' }).expect(303);

      const { text } = await browser
        .post('/tenants')
        .type('form')
        .send({ _csrf: csrf, ...typed('www') })
        .expect(422);

      assert.match(text, /Este endereço é da plataforma\. Escolha outro endereço\./);
    });

    it('is not for on-call, and changes nothing without the CSRF token', async () => {
      const onCall = await console.signIn('on_call');
      const form = typed();

      await onCall.browser.get('/tenants/new').expect(403);
      await onCall.browser
        .post('/tenants')
        .type('form')
        .send({ _csrf: onCall.csrf, ...form })
        .expect(403);
      await post('/tenants', { ...form, _csrf: 'x' }).expect(403);

      assert.equal((await console.ctx.db('platform.tenants').where({ slug: form.slug })).length, 0);
    });
  });

  describe('the address while it is typed', () => {
    const ask = (path: string) => browser.get(path).set('HX-Request-Type', 'partial').expect(200);

    it('is proposed from the name, until somebody types another one', async () => {
      const proposed = await ask('/tenants/new/slug?name=Casa%20%26%20Cia&slug=&proposed=');
      assert.match(proposed.text, /value="casa-cia"[\s\S]*http:\/\/casa-cia\.localhost:8080 is free/);

      const kept = await ask('/tenants/new/slug?name=Casa%20Nova&slug=minha&proposed=casa-cia');
      assert.match(kept.text, /id="slug"[^>]*value="minha"/);
    });

    it('is told to be unlawful, taken or free', async () => {
      const { slug } = await createLive();
      const verdict = async (text: string) =>
        (await ask(`/tenants/new/slug-check?slug=${encodeURIComponent(text)}`)).text;

      assert.match(await verdict('a--b'), /Two hyphens/);
      assert.match(await verdict(slug), /another store/);
      assert.match(await verdict('demo'), /kept for the platform/);
      const demo = { slug: 'demo', name: 'Demo', admin: { name: 'Ana', email: 'ana@acme.test' } };
      await createTenant(console.ctx, demo, { allowReserved: true });
      assert.match(await verdict('demo'), /another store/);
      assert.match(await verdict('quite-free'), /is free/);
    });
  });

  describe('GET /tenants', () => {
    it('invites to make the first store where there is none, and says so when a search finds none', async () => {
      const empty = await openTestConsole();
      try {
        const { browser } = await empty.signIn('operator');
        assert.match((await browser.get('/tenants').expect(200)).text, /No stores yet[\s\S]*href="\/tenants\/new"/);
        assert.match((await browser.get('/tenants?q=zzz').expect(200)).text, /No store matches/);
      } finally {
        await empty.stop();
      }
    });

    it('leads from page to page, each store once', async () => {
      for (let n = 0; n < 51; n++) {
        const slug = `many-${String(n).padStart(2, '0')}`;
        await console.ctx.db('platform.tenants').insert({
          id: `01939b1e-0000-7000-8000-0000000000${slug.slice(-2)}`,
          slug,
          name: slug,
          status: 'archived',
          admin_email: 'a@b.test',
          status_changed_at: new Date(),
          created_at: new Date(),
          updated_at: new Date(),
        });
      }
      const slugsOn = (text: string) => [...text.matchAll(/>(many-\d\d)<\/small>/g)].map((match) => match[1]);

      const first = await browser.get('/tenants?status=archived&sort=slug').expect(200);
      const next = /href="([^"]+)" rel="next"/.exec(first.text)![1]!.replaceAll('&amp;', '&');
      const second = await browser.get(next).expect(200);

      assert.equal(slugsOn(first.text).length, 50);
      assert.deepEqual(slugsOn(second.text), ['many-50']);
      assert.doesNotMatch(second.text, /rel="next"/);
    });
  });

  describe('editing', () => {
    it('saves the change and publishes it', async () => {
      const { slug, id, version } = await createLive();

      await post(`/tenants/${slug}/edit`, { ...typed(slug), version, quote_validity_days: 9 }).expect(303);

      assert.equal((await getTenant(console.ctx, slug)).name, 'Depósito São João');
      assert.equal((await actionsOn(id)).at(-1), 'tenant.updated');
    });

    it('promises a change at the edge only where one is on its way', async () => {
      const { slug, version } = await createLive();
      const form = { ...typed(slug), quote_validity_days: 9 };
      const said = async (change: object) => {
        await post(`/tenants/${slug}/edit`, { ...form, ...change }).expect(303);
        return /Saved\.[^<]*/.exec((await browser.get(`/tenants/${slug}`)).text)?.[0].trim();
      };

      assert.equal(await said({ version, name: 'New' }), 'Saved. The edge gets the change in a moment.');
      assert.equal(await said({ version: version + 1, name: 'New' }), 'Saved.');
    });

    it('keeps what was typed when somebody else was faster, and lets it be saved on purpose', async () => {
      const { slug, version } = await createLive();
      const form = { ...typed(slug), quote_validity_days: 9 };
      await post(`/tenants/${slug}/edit`, { ...form, version }).expect(303);

      const late = await post(`/tenants/${slug}/edit`, { ...form, name: 'Mine', version }).expect(409);

      assert.match(late.text, /Somebody else changed this store/);
      assert.match(late.text, /value="Mine"/);
      const offered = /name="version" value="(\d+)"/.exec(late.text)![1]!;
      await post(`/tenants/${slug}/edit`, { ...form, name: 'Mine', version: offered }).expect(303);
    });

    it('names the bad field and keeps an unticked box unticked', async () => {
      const { slug, version } = await createLive();

      const { text } = await post(`/tenants/${slug}/edit`, { ...typed(slug), version, quote_validity_days: 0 }).expect(
        422,
      );

      assert.match(text, /id="quote_validity_days-error"/);
      assert.doesNotMatch(text, /name="sales_see_all" checked/);
    });
  });

  describe('suspension', () => {
    it('tells the consequences and wants the address typed', async () => {
      const { slug } = await createLive();
      const page = await browser.get(`/tenants/${slug}/suspension`).expect(200);
      assert.match(page.text, new RegExp(`Visitors of http://${slug}\\.localhost:8080`));
      assert.match(page.text, /0 people of the store cannot use it until it is resumed/);

      const { text } = await post(`/tenants/${slug}/suspension`, { reason: 'unpaid', confirmation: 'other' }).expect(
        422,
      );

      assert.match(text, /This is not the address of the store/);
      assert.match(text, /value="unpaid"/);
      assert.equal((await getTenant(console.ctx, slug)).status, 'live');
    });

    it('suspends and resumes, offers only what the state allows, and audits both', async () => {
      const { slug, id } = await createLive();

      await post(`/tenants/${slug}/suspension`, { reason: 'unpaid', confirmation: slug }).expect(303);
      const page = await browser.get(`/tenants/${slug}`).expect(200);
      assert.match(page.text, /unpaid/);
      assert.match(page.text, /\/resumption"/);
      assert.doesNotMatch(page.text, /\/suspension"/);
      await post(`/tenants/${slug}/resumption`, {}).expect(303);

      await post(`/tenants/${slug}/resumption`, {}).expect(409);
      const audit = await browser.get(`/audit?tenant=${slug}&action=tenant.resumed`).expect(200);
      assert.doesNotMatch(audit.text, />status</, 'it is not known yet whether the store gets live');
      assert.deepEqual((await actionsOn(id)).slice(-2), ['tenant.suspended', 'tenant.resumed']);
    });

    it('is offered to on-call and not to a viewer', async () => {
      const { slug } = await createLive();
      const [onCall, viewer] = [await console.signIn('on_call'), await console.signIn('viewer')];

      assert.match((await onCall.browser.get(`/tenants/${slug}`)).text, /\/suspension"/);
      assert.doesNotMatch((await viewer.browser.get(`/tenants/${slug}`)).text, /\/suspension"|\/edit"/);
    });
  });
});
