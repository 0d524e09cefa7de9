import assert from 'node:assert/strict';
import { Decimal } from '#domain/construction/money/index.ts';
import { checkPayload, type EventItem, type EventType } from '#domain/events/index.ts';
import { changeCustomer } from '#domain/construction/customers/index.ts';
import { convertQuote, getOrder } from '#domain/construction/orders/index.ts';
import { changeProduct } from '#domain/construction/products/index.ts';
import { approveQuote, changeDraft, getQuote, sendQuote } from '#domain/construction/quotes/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { aDraft, anApprovedQuote } from '#tests/support/sales.ts';
import { createStoreWorld, type StoreWorld } from '#tests/support/stores.ts';

const ADDRESS = { street: 'Rua das Obras', streetNumber: '12', city: 'Campinas', state: 'SP', cep: '13010000' };

describe('converting a quote', () => {
  let world: StoreWorld;
  let acme: StoreContext;

  before(async () => {
    world = await createStoreWorld({ poolMax: 20 });
    acme = await world.openStore('acme');
  });

  after(() => world.close());

  const eventsOf = (id: string) =>
    world.rows<{ type: EventType; payload: Record<string, unknown> & { items: EventItem[] } }>(
      'select type, payload from events.outbox where aggregate_id = $1 order by seq',
      [id],
    );

  it('makes one order however many convert at once, and gives it to all of them', async () => {
    const quote = await anApprovedQuote(acme);

    const orders = await Promise.all(Array.from({ length: 50 }, () => convertQuote(acme, quote.id, {})));

    assert.equal(new Set(orders.map((order) => JSON.stringify(order))).size, 1);
    const rows = await world.rows('select id from construction.orders where quote_id = $1', [quote.id]);
    assert.equal(rows.length, 1);
    assert.equal((await eventsOf(orders[0]!.id)).length, 1);
  });

  it('is in the audit log of the quote and of the order', async () => {
    const quote = await anApprovedQuote(acme);

    const order = await convertQuote(acme, quote.id, {});

    const actions = await world.rows<{ action: string }>(
      `select action from construction.audit_log where entity_id = $1 or (entity_id = $2 and action = 'quote.converted')
        order by action`,
      [order.id, quote.id],
    );
    assert.deepEqual(
      actions.map(({ action }) => action),
      ['order.created', 'quote.converted'],
    );
  });

  it('takes the offered prices, whatever the products cost by then', async () => {
    const quote = await anApprovedQuote(acme);
    const [line] = (await getQuote(acme, quote.id)).items;
    await changeProduct(acme, line!.productId, { changes: { basePrice: '99.00' } });

    const order = await convertQuote(acme, quote.id, {});

    const { items } = await getOrder(acme, order.id);
    assert.equal(items[0]!.unitPrice, '32.0000');
    assert.equal(order.total, quote.total);
  });

  it('tells the engines of lines that add up to the total without the freight, header discount included', async () => {
    const draft = await aDraft(acme, [
      { price: '10.00', quantity: '1' },
      { price: '10.00', quantity: '1' },
      { price: '10.00', quantity: '1' },
    ]);
    await changeDraft(acme, draft.id, { changes: { discountPct: '3.33', freight: '25' } });
    await sendQuote(acme, draft.id);
    await approveQuote(acme, draft.id);

    const order = await convertQuote(acme, draft.id, { fulfilment: 'pickup' });

    const created = (await eventsOf(order.id))[0]!;
    const converted = (await eventsOf(draft.id)).at(-1)!;
    assert.equal(created.type, 'order_created');
    assert.equal(converted.type, 'quote_converted');
    for (const { type, payload } of [created, converted]) {
      assert.equal(Decimal.sum(...payload.items.map(({ total }) => total)).toFixed(2), '29.00');
      assert.ok(checkPayload(type, 1, payload).ok);
    }
    assert.equal(converted.payload.total, '54.00');
  });

  it('refuses a quote that nobody approved, or whose last day is past', async () => {
    const draft = await aDraft(acme);
    const approved = await anApprovedQuote(acme);

    await assert.rejects(convertQuote(acme, draft.id, {}), { code: 'invalid_transition' });
    world.clock.advance(8 * 86_400_000);
    await assert.rejects(convertQuote(acme, approved.id, {}), { code: 'invalid_transition' });
  });

  it('still answers with the order when the validity of a converted quote is over', async () => {
    const quote = await anApprovedQuote(acme);
    const order = await convertQuote(acme, quote.id, {});

    world.clock.advance(8 * 86_400_000);

    assert.equal((await convertQuote(acme, quote.id, {})).id, order.id);
  });

  it('needs an address to deliver to, and keeps the one of that day', async () => {
    const quote = await anApprovedQuote(acme);

    await assert.rejects(convertQuote(acme, quote.id, { fulfilment: 'delivery' }), {
      code: 'delivery_address_missing',
    });
    await changeCustomer(acme, quote.customerId!, { changes: ADDRESS });
    const order = await convertQuote(acme, quote.id, { fulfilment: 'delivery' });
    await changeCustomer(acme, quote.customerId!, { changes: { street: 'Outra rua' } });

    assert.equal((await getOrder(acme, order.id)).order.deliveryAddress?.street, 'Rua das Obras');
  });
});
