import assert from 'node:assert/strict';
import { getTenant } from '#domain/tenants/index.ts';
import { openTestConsole, type Browser, type TestConsole } from '#tests/support/console.ts';
import { addManyTenants } from '#tests/support/many-tenants.ts';

describe('actions on many stores in the console', function () {
  this.timeout(40_000);
  let console: TestConsole;
  let browser: Browser;
  let csrf: string;

  before(async () => {
    console = await openTestConsole();
    await addManyTenants(console, 1200);
    ({ browser, csrf } = await console.signIn('on_call'));
  });
  after(() => console?.stop());

  type Fields = Record<string, string | string[]>;
  const post = (path: string, fields: Fields) =>
    browser
      .post(path)
      .type('form')
      .send({ _csrf: csrf, ...fields });
  const plan = async (fields: Fields) => (await post('/tenants/bulk-actions', fields).expect(303)).headers.location!;
  const idOf = async (slug: string) => (await getTenant(console.ctx, slug)).id;
  const statusOf = async (slug: string) => (await getTenant(console.ctx, slug)).status;

  it('are offered on the list to whoever may do them', async () => {
    const viewer = await console.signIn('viewer');

    const offered = (await browser.get('/tenants?status=live').expect(200)).text;
    const read = (await viewer.browser.get('/tenants').expect(200)).text;

    assert.match(offered, /type="checkbox" name="store" value="[\w-]{36}" form="bulk"/);
    assert.match(offered, /<input type="hidden" name="status" value="live">[\s\S]*All 1,\d{3} stores that match/);
    assert.doesNotMatch(read, /name="store"|bulk-bar/);
  });

  it('show the files that change, who is left alone and why, and change nothing yet', async () => {
    const address = await plan({ action: 'suspend', store: [await idOf('loja-1'), await idOf('loja-20')] });

    const { text } = await browser.get(address).expect(200);

    assert.match(text, /<h1 class="page-title">Suspend 1 store</);
    assert.match(text, /3 people cannot use their stores/);
    assert.match(text, /This store is suspended already\.[\s\S]*?loja-20</);
    assert.match(text, /id="planned-[\s\S]*?>loja-1<[\s\S]*?edge-many[\s\S]*?New file/);
    assert.equal(await statusOf('loja-1'), 'live');
  });

  it('wants the number of stores typed and a reason for a suspension, and keeps what was typed', async () => {
    const address = await plan({ action: 'suspend', all: '1', q: 'loja-11' });
    assert.match((await browser.get(address)).text, /data-confirm-name="106"/);

    const { text } = await post(`${address}/confirmation`, { reason: 'unpaid', confirmation: '12' }).expect(422);

    assert.match(text, /This is not the number of stores/);
    assert.match(text, /value="unpaid"/);
    const again = await post(`${address}/confirmation`, { reason: '', confirmation: '106' }).expect(422);
    assert.match(again.text, /Say why/);
    assert.equal(await statusOf('loja-111'), 'live');
  });

  it('are done as confirmed, and lead to the job', async () => {
    const address = await plan({ action: 'suspend', all: '1', q: 'loja-11' });

    const done = await post(`${address}/confirmation`, { reason: 'unpaid', confirmation: '106' }).expect(303);

    assert.match(done.headers.location!, /^\/jobs\/[\w-]{36}$/);
    assert.match((await browser.get(done.headers.location!).expect(200)).text, /Suspend many stores · 106 stores/);
    assert.equal(await statusOf('loja-1199'), 'suspended');
    assert.match((await browser.get(address).expect(200)).text, /This was confirmed/);
    await post(`${address}/confirmation`, { reason: 'unpaid', confirmation: '106' }).expect(409);
  });

  it('name the stores that changed since the plan', async () => {
    const address = await plan({ action: 'publish', store: [await idOf('loja-2'), await idOf('loja-3')] });
    await console.ctx.db('platform.tenants').where({ slug: 'loja-3' }).update({ name: 'Meanwhile' });

    const done = await post(`${address}/confirmation`, { reason: '' }).expect(303);

    assert.equal(done.headers.location, address);
    const { text } = await browser.get(address).expect(200);
    assert.match(text, /1 store had changed since and was left alone/);
    assert.match(text, /Changed since the plan[\s\S]*?>loja-3</);
  });

  it('go through all files page by page', async () => {
    const address = await plan({ action: 'publish', all: '1', plan: 'standard', q: 'loja-4' });
    const seen: string[] = [];
    for (let next: string | undefined = address; next;) {
      const text: string = (await browser.get(next).expect(200)).text;
      seen.push(...[...text.matchAll(/id="planned-([\w-]+)"/g)].map((match) => match[1]!));
      next = /href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    }

    assert.ok(seen.length > 100);
    assert.equal(new Set(seen).size, seen.length);
  });

  it('say so when nothing was picked, and take a thousand boxes that were ticked one by one', async () => {
    const nothing = await post('/tenants/bulk-actions', { action: 'publish', status: 'live' }).expect(303);
    assert.equal(nothing.headers.location, '/tenants?status=live');
    assert.match((await browser.get('/tenants?status=live')).text, /No store is meant/);

    const store = await console.ctx.db('platform.tenants').pluck<string[]>('id');
    const { text } = await browser.get(await plan({ action: 'resume', store })).expect(200);
    assert.match(text, /Resume \d+ stores/);
  });

  it('offer nothing to confirm when none of the stores allows it', async () => {
    const { text } = await browser.get(await plan({ action: 'resume', store: [await idOf('loja-2')] })).expect(200);

    assert.match(text, /There is nothing to do/);
    assert.doesNotMatch(text, /<form[^>]*confirmation/);
  });
});
