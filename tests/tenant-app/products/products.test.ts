import assert from 'node:assert/strict';
import { addItem, sendQuote } from '#domain/construction/quotes/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { aDraft, aProduct } from '#tests/support/sales.ts';
import { startStoreSite, type Browser, type StoreSite } from '#tests/support/store-site.ts';

describe('the pages of products', () => {
  let site: StoreSite;
  let ana: StoreContext;
  let browser: Browser;

  before(async () => {
    site = await startStoreSite();
    ana = await site.world.openStore('casa-forte');
    browser = await site.signedIn(ana);
  });
  after(() => site.close());

  it('register a product with its price as typed', async () => {
    await browser.ask('/web/products/new');

    const form = { code: 'cim-50', name: 'Cimento', unit: 'SC', base_price: 'R$ 1.034,90' };
    const answer = await browser.submit('/web/products', form);
    const page = await browser.ask(answer.headers.get('location')!);

    assert.equal(answer.status, 303);
    assert.match(page.text, /value="1.034,90"/);
    assert.match(page.text, /value="CIM-50"/);
  });

  it('ask for a price rather than take none for a gift', async () => {
    await browser.ask('/web/products/new');

    const missing = await browser.submit('/web/products', { name: 'Sem preço', unit: 'UN', base_price: '' });
    const gift = await browser.submit('/web/products', { name: 'Brinde', unit: 'UN', base_price: '0' });

    assert.equal(missing.status, 422);
    assert.match(missing.text, /id="base_price-error">Preencha este campo/);
    assert.equal(gift.status, 303);
  });

  it('write measures as people do and keep their codes', async () => {
    const product = await aProduct(ana, { name: 'Areia lavada', unit: 'M3' });
    const draft = await aDraft(ana);
    const { quote } = await addItem(ana, draft.id, { productId: product.id, quantity: '2.5' });

    const form = (await browser.ask(`/web/products/${product.id}`)).text;
    const list = (await browser.ask('/web/products?q=lavada')).text;
    const editor = (await browser.ask(`/web/quotes/${quote.id}?product_q=lavada`)).text;
    await sendQuote(ana, quote.id);
    const offer = (await browser.ask(`/web/quotes/${quote.id}`)).text;

    assert.match(form, /<option value="M3" selected>m³ · metro cúbico/);
    for (const page of [list, editor, offer]) assert.match(page, /m³/);
    // In what is read: a token in an attribute may hold the two signs by chance.
    for (const page of [list, editor, offer]) assert.doesNotMatch(page, />[^<]*M3/);
    assert.match(offer, /2,5 m³/);
  });

  it('show who changed a price, when and why', async () => {
    const product = await aProduct(ana, { basePrice: '32.00' });
    const path = `/web/products/${product.id}`;
    await browser.ask(path);

    const form = { version: '1', name: product.name, unit: 'SC', base_price: '35,5', price_reason: 'tabela nova' };
    await browser.submit(path, form);
    const page = await browser.ask(path);

    assert.match(page.text, /R\$\s32,00<\/td><td class="number">R\$\s35,50/);
    assert.match(page.text, /Ana \(admin\)/);
    assert.match(page.text, /tabela nova/);
  });

  it('take a product out of the counter and bring it back', async () => {
    const product = await aProduct(ana, { name: 'Fora de linha agora' });
    await browser.ask(`/web/products/${product.id}`);
    const draft = (await browser.submit('/web/quotes')).headers.get('location')!;
    const found = async () => /Fora de linha agora/.test((await browser.ask(`${draft}/products?q=linha+agora`)).text);

    await browser.submit(`/web/products/${product.id}/deactivation`);
    const afterwards = await found();
    await browser.submit(`/web/products/${product.id}/reactivation`);

    assert.equal(afterwards, false);
    assert.equal(await found(), true);
  });

  it('offer a salesperson no button to change them', async () => {
    const product = await aProduct(ana);
    const seller = await site.signedIn(await site.world.hire(ana, 'salesperson'));

    const page = await seller.ask(`/web/products/${product.id}`);

    assert.match(page.text, /disabled/);
    assert.doesNotMatch(page.text, /Salvar/);
    assert.equal((await seller.submit(`/web/products/${product.id}`, { base_price: '1' })).status, 403);
  });
});
