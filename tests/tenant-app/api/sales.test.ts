import assert from 'node:assert/strict';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { apiOf, type StoreApi } from '#tests/support/store-api.ts';
import { startStoreSite, type StoreSite } from '#tests/support/store-site.ts';

type Quote = {
  id: string;
  status: string;
  total: string;
  version: number;
  items: { id: string; line_total: string }[];
};
type Order = { id: string; number: string; status: string; total: string; items: object[]; deliveries: object[] };

describe('a sale over the JSON API', () => {
  let site: StoreSite;
  let ana: StoreContext;
  let api: StoreApi;

  before(async () => {
    site = await startStoreSite();
    ana = await site.world.openStore('casa-forte');
    api = await apiOf(site, ana);
  });
  after(() => site.close());

  const aProduct = async (base_price: string, unit = 'SC') =>
    ((await api.post('/products', { name: 'Cimento', unit, base_price })).json() as { id: string }).id;
  const aCustomer = async () => ((await api.post('/customers', { name: 'Cliente' })).json() as { id: string }).id;

  async function aQuote(): Promise<Quote> {
    const quote = (await api.post('/quotes', { customer_id: await aCustomer() })).json() as Quote;
    const items = [
      { product_id: await aProduct('32.00'), quantity: '10', discount_pct: '5' },
      { product_id: await aProduct('85.00'), quantity: '2' },
    ];
    await api.put(`/quotes/${quote.id}/items`, { items });
    return (await api.patch(`/quotes/${quote.id}`, { discount_pct: '5' })).json() as Quote;
  }

  it('goes from customer and products to a delivered order, with amounts as text all the way', async () => {
    const quote = await aQuote();
    assert.equal(quote.total, '450.30');
    for (const step of ['send', 'approve']) assert.equal((await api.post(`/quotes/${quote.id}/${step}`)).status, 200);

    const order = (await api.post(`/quotes/${quote.id}/convert`, { fulfilment: 'pickup' })).json() as Order;
    for (const status of ['preparing', 'ready', 'delivered'])
      assert.equal((await api.post(`/orders/${order.id}/status`, { status })).status, 200);

    const delivered = (await api.get(`/orders/${order.id}`)).json() as Order;
    assert.equal(delivered.status, 'delivered');
    assert.equal(delivered.total, '450.30');
    assert.equal(delivered.items.length, 2);
    assert.equal(delivered.deliveries.length, 1);
    assert.equal(((await api.get(`/quotes/${quote.id}`)).json() as Quote).status, 'converted');
  });

  it('answers a repeated conversion with the same order', async () => {
    const quote = await aQuote();
    for (const step of ['send', 'approve']) await api.post(`/quotes/${quote.id}/${step}`);

    const answers = await Promise.all(Array.from({ length: 5 }, () => api.post(`/quotes/${quote.id}/convert`)));

    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
  });

  it('refuses a step that does not follow, with 409 and the reason in Portuguese', async () => {
    const quote = await aQuote();

    const answer = await api.post(`/quotes/${quote.id}/approve`);

    assert.equal(answer.status, 409);
    assert.deepEqual(
      [answer.json().code, answer.json().title],
      ['invalid_transition', 'Esse passo não é possível na situação atual.'],
    );
  });

  it('takes decimals as text only: a JavaScript number has already lost its cents', async () => {
    for (const base_price of [32.1, '32,10', '-1', '1e3', '1.23456', ''])
      assert.equal(
        (await api.post('/products', { name: 'X', unit: 'UN', base_price })).status,
        422,
        String(base_price),
      );
  });

  it('reckons a preview without writing anything', async () => {
    const before = await site.world.rows('select count(*) as n from construction.quotes');

    const answer = await api.post('/quotes/preview', {
      items: [
        { quantity: '10', unit_price: '32.00', discount_pct: '5' },
        { quantity: '2', unit_price: '85.00' },
      ],
      discount_pct: '5',
      freight: '80.00',
    });

    assert.deepEqual(answer.json(), {
      items: [
        { line_total: '304.00', net_total: '288.80' },
        { line_total: '170.00', net_total: '161.50' },
      ],
      subtotal: '474.00',
      discount_total: '23.70',
      freight: '80.00',
      total: '530.30',
    });
    assert.deepEqual(await site.world.rows('select count(*) as n from construction.quotes'), before);
  });

  it('names the customer that already has a document', async () => {
    const first = (await api.post('/customers', { name: 'Primeira', document: '529.982.247-25' })).json() as {
      id: string;
    };

    const second = await api.post('/customers', { name: 'Segunda', document: '52998224725' });

    assert.equal(second.status, 409);
    assert.equal(second.json().code, 'document_taken');
    assert.equal(second.json().existing_id, first.id);
  });

  it('leaves alone what a PATCH does not mention', async () => {
    const { id } = (await api.post('/customers', { name: 'Parcial', phone: '(19) 98765-4321' })).json() as {
      id: string;
    };

    const answer = await api.patch(`/customers/${id}`, { city: 'Campinas' });

    assert.partialDeepStrictEqual(answer.json(), { name: 'Parcial', phone: '+5519987654321', city: 'Campinas' });
  });

  it('keeps every price a product had', async () => {
    const id = await aProduct('32.00');
    await api.patch(`/products/${id}`, { base_price: '35.00', price_reason: 'tabela' });

    const { items } = (await api.get(`/products/${id}/price-history`)).json() as { items: object[] };

    assert.equal(items.length, 1);
    assert.partialDeepStrictEqual(items[0], { old_price: '32.0000', new_price: '35.0000', reason: 'tabela' });
  });

  it('lists the units with the decimals that each takes', async () => {
    const { items } = (await api.get('/units')).json() as { items: { code: string; decimals: number }[] };

    assert.equal(items.find(({ code }) => code === 'SC')?.decimals, 0);
    assert.equal(items.find(({ code }) => code === 'M3')?.decimals, 3);
  });
});
