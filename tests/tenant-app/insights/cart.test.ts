import assert from 'node:assert/strict';
import { setProductActive } from '#domain/construction/products/index.ts';
import { getQuote } from '#domain/construction/quotes/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { newId } from '#platform/ids.ts';
import { aProduct } from '#tests/support/sales.ts';
import { apiOf, type StoreApi } from '#tests/support/store-api.ts';
import { startStoreSite, type StoreSite } from '#tests/support/store-site.ts';

type Suggested = { items: { product_id: string; name: string; confidence: string; explanation: string }[] };

describe('what goes with a cart', () => {
  let site: StoreSite;
  let ana: StoreContext;
  let api: StoreApi;

  before(async () => {
    site = await startStoreSite();
    ana = await site.world.openStore('casa-forte');
    api = await apiOf(site, ana);
  });
  after(() => site?.close());

  const suggest = (source: string, suggested: string, confidence: number, lift = 2) =>
    site.world.rows(
      `insert into engines.sales_suggestions values ($1, $2, $3, 5, $4, $5, 'low', 'De 10 pedidos, 5 levaram.', now())`,
      [ana.tenantId, source, suggested, confidence, lift],
    );
  const ask = async (...ids: string[]) => {
    const answer = await api.post('/insights/sales/cart-suggestions', { product_ids: ids });
    assert.equal(answer.status, 200);
    return (answer.json() as Suggested).items;
  };
  const named = async (name: string) => (await aProduct(ana, { name })).id;

  it('is each product by its best reason, the surest first, at most five, and nothing that is in the cart', async () => {
    const [cement, lime] = [await named('Cimento'), await named('Cal')];
    const others = await Promise.all(['Areia', 'Brita', 'Pá', 'Balde', 'Luva', 'Trena'].map(named));
    for (const [n, other] of others.entries()) await suggest(cement, other, 0.8 - n / 10);
    await suggest(cement, lime, 0.9);
    await suggest(lime, others[4]!, 0.95);

    const items = await ask(cement, lime);

    assert.deepEqual(
      items.map(({ name, confidence }) => [name, confidence]),
      [
        ['Luva', '0.9500'],
        ['Areia', '0.8000'],
        ['Brita', '0.7000'],
        ['Pá', '0.6000'],
        ['Balde', '0.5000'],
      ],
    );
    assert.equal(items[0]!.explanation, 'De 10 pedidos, 5 levaram.');
  });

  it('is nothing that is not sold any more or that the store knows it has none of', async () => {
    const [source, gone, empty, uncounted, there] = await Promise.all(
      ['Fonte', 'Sumido', 'Zerado', 'Sem conta', 'Tem'].map(named),
    );
    for (const [n, id] of [gone, empty, uncounted, there].entries()) await suggest(source!, id!, 0.8 - n / 10);
    await setProductActive(ana, gone!, false);
    const stock = (id: string, onHand: number, isTracked: boolean) =>
      site.world.rows(
        `insert into engines.stock_products (tenant_id, product_id, on_hand, reserved, is_tracked) values ($1, $2, $3, 2, $4)`,
        [ana.tenantId, id, onHand, isTracked],
      );
    await stock(empty!, 2, true);
    await stock(uncounted!, -9, false);
    await stock(there!, 3, true);

    assert.deepEqual(
      (await ask(source!)).map(({ name }) => name),
      ['Sem conta', 'Tem'],
    );
  });

  it('is nothing for products of another store, or that nobody knows', async () => {
    assert.deepEqual(await ask(newId()), []);
  });

  it('refuses what is no list of products, and names the field', async () => {
    const answer = await api.post('/insights/sales/cart-suggestions', { product_ids: [] });

    assert.equal(answer.status, 422);
    assert.match(answer.text, /product_ids/);
  });

  it('stands under the lines of a draft, and one press adds it', async () => {
    const [source, other] = [await aProduct(ana, { name: 'Tijolo' }), await aProduct(ana, { name: 'Argamassa' })];
    await suggest(source.id, other.id, 0.75);
    const browser = await site.signedIn(ana);
    await browser.ask('/web/settings/preferences');
    const path = (await browser.submit('/web/quotes')).headers.get('location')!;
    await browser.submit(`${path}/items`, { q: 'tijolo', results_for: '' });

    const page = await browser.ask(path);
    await browser.submit(`${path}/items`, { q: '', results_for: '', product_id: other.id });

    assert.match(page.text, /Costuma ir junto[\s\S]+Argamassa[\s\S]+75 % levaram também/);
    const { items } = await getQuote(ana, path.split('/').at(-1)!);
    assert.deepEqual(
      items.map(({ productId }) => productId),
      [source.id, other.id],
    );
    assert.doesNotMatch((await browser.ask(path)).text, /Costuma ir junto/);
  });
});
