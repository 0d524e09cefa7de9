import assert from 'node:assert/strict';
import { startStoreSite, type StoreSite } from '#tests/support/store-site.ts';

describe('signing in while the app of the stores is away', () => {
  let site: StoreSite;

  before(async () => {
    site = await startStoreSite();
    await site.publish('casa-forte', { name: 'Casa Forte' });
    await site.stopApp();
  });
  after(() => site.close());

  it('still shows the login page, with its style', async () => {
    const browser = site.browse('casa-forte');

    const page = await browser.ask('/auth/login');
    const sheet = await browser.ask(/href="(\/auth\/assets\/[^"]+bare\.css)"/.exec(page.text)![1]!);

    assert.equal(page.status, 200);
    assert.equal(sheet.status, 200);
  });

  it('says so with 503, keeps the address and does not blame the password', async () => {
    const page = await site.browse('casa-forte').signIn('ana@test.example');

    assert.equal(page.status, 503);
    assert.match(page.text, /A loja não está respondendo/);
    assert.match(page.text, /value="ana@test.example"/);
  });

  it('tells programs with a problem document when to try again', async () => {
    const answer = await site.browse('casa-forte').ask('/auth/login', { json: { email: 'a@b.c', password: 'x' } });

    assert.equal(answer.status, 503);
    assert.equal(answer.json().code, 'store_unavailable');
    assert.equal(answer.headers.get('retry-after'), '10');
  });
});
