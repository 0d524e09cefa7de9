import assert from 'node:assert/strict';
import { addManyTenants } from '#tests/support/many-tenants.ts';
import { openTestConsole, type Browser, type TestConsole } from '#tests/support/console.ts';

describe('GET /tenants with many stores', function () {
  this.timeout(40_000);
  let console: TestConsole;
  let browser: Browser;

  before(async () => {
    console = await openTestConsole();
    await addManyTenants(console, 1000);
    ({ browser } = await console.signIn('operator'));
  });
  after(() => console?.stop());

  const page = async (query = '') => (await browser.get(`/tenants${query}`).expect(200)).text;
  const slugsOn = (text: string) => [...text.matchAll(/<small[^>]*>(loja-\d+)<\/small>/g)].map((match) => match[1]);

  it('tells of each store its plan, people, lag and last use, and how many match', async () => {
    const text = await page('?q=loja-999');

    assert.match(text, /1 store</);
    const [row] = /<tr id="store-[\s\S]*?<\/tr>/.exec(text)!;
    for (const [label, value] of [
      ['Plan', 'Standard'],
      ['People', '3'],
      ['Lag', 'none'],
    ])
      assert.match(row, new RegExp(`data-label="${label}"[^>]*>(<span>)?${value}<`), label);
    assert.match(row, /edge-many answered revision 1/);
    assert.match(row, /data-label="Last used">\s*<time datetime="2026-01-31T16:39/);
  });

  it('keeps filters and order in its addresses', async () => {
    const text = await page('?status=live&plan=standard&proof=served&sort=name&q=dep%C3%B3sito');

    for (const [name, value] of [
      ['status', 'live'],
      ['plan', 'standard'],
      ['proof', 'served'],
      ['sort', 'name'],
    ])
      assert.match(text, new RegExp(`name="${name}">[\\s\\S]*?<option value="${value}" selected`), name);
    assert.match(text, /aria-sort="ascending"><a class="sort-link" href="\/tenants\?q=dep/);
    const next = /href="([^"]+)" rel="next"/.exec(text)![1]!.replaceAll('&amp;', '&');
    const [shown, more] = [slugsOn(text), slugsOn(await page(next.replace('/tenants', '')))];
    assert.equal(new Set([...shown, ...more]).size, 100);
  });

  it('takes a filter that means nothing for none', async () => {
    assert.match(await page('?status=gone&plan=1&proof=x&sort=colour'), /1,000 stores/);
  });

  it('offers in each row what its state and the reader’s role allow', async () => {
    const menuOf = async (reader: Browser, slug: string) =>
      /<details class="row-menu"[\s\S]*?<\/details>/.exec((await reader.get(`/tenants?q=${slug}`)).text)![0];
    const viewer = await console.signIn('viewer');

    const live = await menuOf(browser, 'loja-999');
    const suspended = await menuOf(browser, 'loja-980');
    const read = await menuOf(viewer.browser, 'loja-999');

    assert.match(live, /\/loja-999\/edit[\s\S]*\/loja-999\/timeline[\s\S]*\/loja-999\/suspension/);
    assert.match(suspended, /action="\/tenants\/loja-980\/resumption"/);
    assert.doesNotMatch(read, /edit|suspension|resumption/);
  });

  it('refuses a cursor that was made for another order', async () => {
    const next = /href="([^"]+)" rel="next"/.exec(await page('?sort=name'))![1]!.replaceAll('&amp;', '&');

    await browser.get(next.replace('sort=name', 'sort=activity')).expect(400);
  });
});
