import assert from 'node:assert/strict';
import { withTenant } from '#platform/db/index.ts';
import { setCustomerActive } from '#domain/construction/customers/index.ts';
import { checkPayload } from '#domain/events/index.ts';
import { changeProduct, setProductActive } from '#domain/construction/products/index.ts';
import {
  addItem,
  changeDraft,
  changeItem,
  createQuote,
  getQuote,
  removeItem,
  replaceItems,
  sendQuote,
} from '#domain/construction/quotes/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { aCustomer, aDraft, aProduct } from '#tests/support/sales.ts';
import { createStoreWorld, type StoreWorld } from '#tests/support/stores.ts';

describe('the draft of a quote', () => {
  let world: StoreWorld;
  let acme: StoreContext;

  before(async () => {
    world = await createStoreWorld();
    acme = await world.openStore('acme');
  });

  after(() => world.close());

  const eventsOf = (id: string) =>
    world.rows<{ type: string; aggregate_version: number; payload: Record<string, unknown> }>(
      'select type, aggregate_version, payload from events.outbox where aggregate_id = $1 order by seq',
      [id],
    );

  it('adds up lines, header discount and freight as the store’s paper does', async () => {
    const draft = await aDraft(acme, [
      { price: '32.00', quantity: '10', discountPct: '5' },
      { price: '85.00', quantity: '2' },
    ]);

    const { quote } = await changeDraft(acme, draft.id, { changes: { discountPct: '5', freight: '80' } });

    assert.partialDeepStrictEqual(quote, {
      subtotal: '474.00',
      discountTotal: '23.70',
      freight: '80.00',
      total: '530.30',
    });
  });

  it('keeps the price of a line when the product’s price changes, and shows both', async () => {
    const product = await aProduct(acme, { basePrice: '32.00' });
    const quote = await createQuote(acme, { customerId: null });
    await addItem(acme, quote.id, { productId: product.id, quantity: '1' });

    await changeProduct(acme, product.id, { changes: { basePrice: '40.00' } });

    const { items } = await getQuote(acme, quote.id);
    assert.partialDeepStrictEqual(items[0], { unitPrice: '32.0000', currentPrice: '40.0000', lineTotal: '32.00' });
  });

  it('sells whole units whole, and the others to the decimals they have', async () => {
    const quote = await createQuote(acme, { customerId: null });
    const bag = await aProduct(acme, { unit: 'SC' });
    const sand = await aProduct(acme, { unit: 'M3' });

    await assert.rejects(addItem(acme, quote.id, { productId: bag.id, quantity: '1.5' }), { code: 'whole_quantity' });
    await assert.rejects(addItem(acme, quote.id, { productId: sand.id, quantity: '1.2345' }), {
      code: 'quantity_decimals',
    });
    await assert.rejects(addItem(acme, quote.id, { productId: sand.id, quantity: '0' }), { code: 'bad_quantity' });
    await addItem(acme, quote.id, { productId: sand.id, quantity: '1.234' });
  });

  it('takes neither products nor customers that the store no longer deals with', async () => {
    const quote = await createQuote(acme, { customerId: null });
    const product = await aProduct(acme);
    const customer = await aCustomer(acme);
    await setProductActive(acme, product.id, false);
    await setCustomerActive(acme, customer.id, false);

    await assert.rejects(addItem(acme, quote.id, { productId: product.id, quantity: '1' }), {
      code: 'product_inactive',
    });
    await assert.rejects(changeDraft(acme, quote.id, { changes: { customerId: customer.id } }), {
      code: 'customer_inactive',
    });
  });

  it('refuses an amount that no document can hold, and keeps the draft as it was', async () => {
    const draft = await aDraft(acme);
    const product = await aProduct(acme, { basePrice: '9999999.99' });

    await assert.rejects(addItem(acme, draft.id, { productId: product.id, quantity: '9999999' }), {
      code: 'amount_too_large',
    });
    assert.equal((await getQuote(acme, draft.id)).quote.total, '320.00');
  });

  it('keeps two drafts of one person apart', async () => {
    const [one, two] = [await aDraft(acme), await aDraft(acme)];
    const product = await aProduct(acme, { basePrice: '1.00' });

    await Promise.all([
      addItem(acme, one.id, { productId: product.id, quantity: '1' }),
      addItem(acme, two.id, { productId: product.id, quantity: '2' }),
    ]);

    assert.equal((await getQuote(acme, one.id)).quote.total, '321.00');
    assert.equal((await getQuote(acme, two.id)).quote.total, '322.00');
  });

  it('loses no line when two tabs add to one draft at once', async () => {
    const draft = await aDraft(acme);
    const product = await aProduct(acme, { basePrice: '1.00' });

    await Promise.all(
      Array.from({ length: 10 }, () => addItem(acme, draft.id, { productId: product.id, quantity: '1' })),
    );

    const { quote, items } = await getQuote(acme, draft.id);
    assert.equal(items.length, 11);
    assert.equal(quote.total, '330.00');
  });

  it('tells a tab that changes what another tab changed meanwhile', async () => {
    const draft = await aDraft(acme);
    const { items } = await getQuote(acme, draft.id);
    await changeItem(acme, draft.id, { itemId: items[0]!.id, version: draft.version, changes: { quantity: '20' } });

    const late = changeItem(acme, draft.id, {
      itemId: items[0]!.id,
      version: draft.version,
      changes: { quantity: '5' },
    });

    await assert.rejects(late, { code: 'version_conflict', status: 409 });
    assert.equal((await getQuote(acme, draft.id)).quote.total, '640.00');
  });

  it('puts new lines in the place of all old ones, and removes single ones', async () => {
    const draft = await aDraft(acme, [
      { price: '1.00', quantity: '1' },
      { price: '2.00', quantity: '1' },
    ]);
    const product = await aProduct(acme, { basePrice: '5.00' });

    const replaced = await replaceItems(acme, draft.id, {
      items: [
        { productId: product.id, quantity: '1' },
        { productId: product.id, quantity: '2' },
      ],
    });
    const removed = await removeItem(acme, draft.id, replaced.items[0]!.id);

    assert.equal(replaced.quote.total, '15.00');
    assert.equal(removed.quote.total, '10.00');
  });

  it('is announced once, the first time it has a customer and an item', async () => {
    const quote = await createQuote(acme, { customerId: null });
    const product = await aProduct(acme, { basePrice: '10.00' });
    const customer = await aCustomer(acme);
    await addItem(acme, quote.id, { productId: product.id, quantity: '3' });
    assert.deepEqual(await eventsOf(quote.id), []);

    await changeDraft(acme, quote.id, { changes: { customerId: customer.id, discountPct: '10' } });
    await addItem(acme, quote.id, { productId: product.id, quantity: '1' });

    const [event, ...rest] = await eventsOf(quote.id);
    assert.deepEqual(rest, []);
    assert.equal(event!.type, 'quote_created');
    assert.equal(event!.aggregate_version, 3);
    assert.ok(checkPayload('quote_created', 1, event!.payload).ok);
    assert.deepEqual(event!.payload, {
      quote_id: quote.id,
      customer_id: customer.id,
      user_id: acme.user.id,
      total: '27.00',
      discount_pct: '10.00',
      items: [{ product_id: product.id, quantity: '3.000', unit_price: '9.0000', total: '27.00' }],
    });
  });

  it('leaves neither line nor event behind when its transaction fails', async () => {
    const quote = await createQuote(acme, { customerId: (await aCustomer(acme)).id });
    const product = await aProduct(acme);

    const failure = withTenant(acme, acme.tenantId, async (tx) => {
      await addItem(tx, quote.id, { productId: product.id, quantity: '1' });
      throw new Error('the power went');
    });

    await assert.rejects(failure, /power/);
    assert.deepEqual(await eventsOf(quote.id), []);
    assert.deepEqual((await getQuote(acme, quote.id)).items, []);
  });

  it('is closed to changes once it was sent, even by SQL', async () => {
    const draft = await aDraft(acme);
    await sendQuote(acme, draft.id);
    const { items } = await getQuote(acme, draft.id);

    await assert.rejects(changeDraft(acme, draft.id, { changes: { discountPct: '1' } }), {
      code: 'quote_not_editable',
    });
    await assert.rejects(removeItem(acme, draft.id, items[0]!.id), { code: 'quote_not_editable' });
    await assert.rejects(world.rows('delete from construction.quote_items where quote_id = $1', [draft.id]), /frozen/);
  });
});
