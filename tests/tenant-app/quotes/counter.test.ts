import assert from 'node:assert/strict';
import { getQuote } from '#domain/construction/quotes/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { aCustomer, aDraft, aProduct } from '#tests/support/sales.ts';
import { startStoreSite, type Browser, type StoreSite } from '#tests/support/store-site.ts';

/** What htmx says of itself when it asks for a piece of the page. */
const PIECE = { 'HX-Request': 'true', 'HX-Request-Type': 'partial' };

describe('the counter screen', () => {
  let site: StoreSite;
  let ana: StoreContext;
  let browser: Browser;

  beforeEach(async () => {
    site = await startStoreSite();
    ana = await site.world.openStore('casa-forte');
    browser = await site.signedIn(ana);
    await browser.ask('/web/settings/preferences');
  });
  afterEach(() => site.close());

  async function openDraft(): Promise<string> {
    const answer = await browser.submit('/web/quotes');
    assert.equal(answer.status, 303);
    return answer.headers.get('location')!;
  }

  const idOf = (path: string) => path.split('/').at(-1)!;

  it('makes a draft only when asked by a form, never by opening an address', async () => {
    const page = await browser.ask('/web/quotes/new');

    assert.equal(page.status, 200);
    assert.deepEqual(await site.world.rows('select id from construction.quotes'), []);
  });

  it('works without a script: customer, products and terms by plain forms', async () => {
    await aCustomer(ana, { name: 'João da Silva' });
    await aProduct(ana, { name: 'Cimento CP II', basePrice: '32.00' });
    const path = await openDraft();

    await browser.submit(`${path}/customer`, { q: 'joao', results_for: '' });
    await browser.submit(`${path}/items`, { quantity: '10', q: 'cimento', results_for: '' });
    const added = await browser.submit(`${path}/items`, { q: 'cimento', results_for: '' });

    assert.equal(added.status, 303);
    assert.equal(added.headers.get('location'), path);
    const page = await browser.ask(path);
    assert.match(page.text, /João da Silva/);
    assert.match(page.text, /R\$\s352,00/);
  });

  it('shows what was found, and adds nothing, while it is not sure what is meant', async () => {
    for (const name of ['Areia fina', 'Areia média']) await aProduct(ana, { name });
    const path = await openDraft();

    const answer = await browser.submit(`${path}/items`, { quantity: '3', q: 'areia', results_for: '' });
    const page = await browser.ask(answer.headers.get('location')!);

    assert.match(page.text, /Areia fina/);
    assert.match(page.text, /Areia média/);
    assert.match(page.text, /name="quantity" value="3"/);
    assert.deepEqual((await getQuote(ana, idOf(path))).items, []);
  });

  it('does not add what stood first for an earlier text when someone types faster than results come', async () => {
    const wrong = await aProduct(ana, { name: 'Cal hidratada' });
    await aProduct(ana, { name: 'Cano 100' });
    await aProduct(ana, { name: 'Cano 50' });
    const path = await openDraft();

    await browser.submit(`${path}/items`, { q: 'cano', results_for: 'ca', product_id: wrong.id });

    assert.deepEqual((await getQuote(ana, idOf(path))).items, []);
  });

  it('answers htmx with the screen alone, the new line reckoned and the cursor ready for the next', async () => {
    await aProduct(ana, { name: 'Cimento', basePrice: '32.00' });
    const path = await openDraft();
    await browser.ask(path);
    const token = /name="_csrf" value="([^"]+)"/.exec((await browser.ask(path)).text)![1]!;

    const answer = await browser.ask(`${path}/items`, {
      form: { _csrf: token, quantity: '2', q: 'cimento', results_for: '' },
      headers: PIECE,
    });

    assert.equal(answer.status, 200);
    assert.doesNotMatch(answer.text, /<html/);
    assert.match(answer.text, /id="quote"/);
    assert.match(answer.text, /R\$\s64,00/);
    assert.match(answer.text, /id="quantity-1"[^>]* autofocus/);
  });

  it('finds customers and products as one types', async () => {
    await aCustomer(ana, { name: 'José Araújo' });
    await aProduct(ana, { name: 'Vergalhão 10 mm' });
    const path = await openDraft();

    const customers = await browser.ask(`${path}/customers?q=araujo`, { headers: PIECE });
    const products = await browser.ask(`${path}/products?q=vergalhao`, { headers: PIECE });
    const nobody = await browser.ask(`${path}/customers?q=zzz`, { headers: PIECE });

    assert.match(customers.text, /José Araújo/);
    assert.match(products.text, /Vergalhão 10 mm/);
    assert.match(nobody.text, /Ninguém encontrado/);
  });

  it('says under the field what is wrong with it and keeps what was typed', async () => {
    const draft = await aDraft(ana);
    const bag = await aProduct(ana, { name: 'Saco', unit: 'SC' });
    await browser.submit(`/web/quotes/${draft.id}/items`, { q: 'saco', results_for: '', product_id: bag.id });
    const line = (await getQuote(ana, draft.id)).items.at(-1)!;

    const answer = await browser.submit(`/web/quotes/${draft.id}/items/${line.id}`, {
      quantity: '1,5',
      unit_price: '32,00',
      discount_pct: '0',
      seen_quantity: '1',
      seen_unit_price: '32,00',
      seen_discount_pct: '0',
    });

    assert.equal(answer.status, 422);
    assert.match(answer.text, /name="quantity" value="1,5"/);
    assert.match(answer.text, /Este produto é vendido por unidade inteira/);
  });

  it('tells the second of two tabs that changed one line differently, and shows what is there', async () => {
    const draft = await aDraft(ana, [{ price: '32.00', quantity: '10' }]);
    const line = (await getQuote(ana, draft.id)).items[0]!;
    const form = (quantity: string) => ({
      quantity,
      unit_price: '32,00',
      discount_pct: '0',
      seen_quantity: '10',
      seen_unit_price: '32,00',
      seen_discount_pct: '0',
    });
    const path = `/web/quotes/${draft.id}/items/${line.id}`;

    const first = await browser.submit(path, form('20'));
    const again = await browser.submit(path, form('20'));
    const other = await browser.submit(path, form('5'));

    assert.equal(first.status, 303);
    assert.equal(again.status, 303);
    assert.equal(other.status, 409);
    assert.match(other.text, /Outra pessoa mudou isto/);
    assert.match(other.text, /name="quantity" value="20"/);
  });

  it('lets two tabs change the discount and the freight of one draft', async () => {
    const draft = await aDraft(ana, [{ price: '100.00', quantity: '1' }]);
    const seen = { seen_discount_pct: '0', seen_freight: '0,00', seen_validity_days: '7', seen_notes: '' };
    const same = { discount_pct: '0', freight: '0,00', validity_days: '7', notes: '' };

    await browser.submit(`/web/quotes/${draft.id}`, { ...seen, ...same, discount_pct: '10' });
    await browser.submit(`/web/quotes/${draft.id}`, { ...seen, ...same, freight: '25' });

    assert.equal((await getQuote(ana, draft.id)).quote.total, '115.00');
  });

  it('sells over the counter to a customer who gives no name', async () => {
    const path = await openDraft();

    await browser.submit(`${path}/walk-in`);

    assert.match((await browser.ask(path)).text, /Consumidor final/);
  });
});
