import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkPayload, type EventType } from '#domain/events/index.ts';
import { changeCustomer } from '#domain/construction/customers/index.ts';
import {
  allowedSteps,
  changeOrderStatus,
  convertQuote,
  FULFILMENTS,
  getOrder,
  isOrderStep,
  ORDER_STATUSES,
  type Fulfilment,
  type Order,
  type OrderStatus,
} from '#domain/construction/orders/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { anApprovedQuote } from '#tests/support/sales.ts';
import { createStoreWorld, type StoreWorld } from '#tests/support/stores.ts';

const LEGAL: Record<Fulfilment, Set<string>> = {
  delivery: new Set([
    'pending→preparing',
    'pending→cancelled',
    'preparing→ready',
    'preparing→cancelled',
    'ready→out_for_delivery',
    'ready→cancelled',
    'out_for_delivery→delivered',
    'out_for_delivery→ready',
  ]),
  pickup: new Set([
    'pending→preparing',
    'pending→cancelled',
    'preparing→ready',
    'preparing→cancelled',
    'ready→delivered',
    'ready→cancelled',
  ]),
};

const ROAD: OrderStatus[] = ['preparing', 'ready', 'out_for_delivery', 'delivered'];

describe('the states of an order', () => {
  it('follow the full matrix, for pickup as for delivery', () => {
    for (const fulfilment of FULFILMENTS)
      for (const status of ORDER_STATUSES)
        for (const to of ORDER_STATUSES) {
          const pair = `${status}→${to}`;
          const step = () => isOrderStep({ status, fulfilment }, to);
          if (status === to) assert.equal(step(), false, pair);
          else if (LEGAL[fulfilment].has(pair)) assert.equal(step(), true, pair);
          else assert.throws(step, { code: 'invalid_transition', status: 409 }, pair);
        }
  });
});

describe('the life of an order', () => {
  let world: StoreWorld;
  let acme: StoreContext;

  before(async () => {
    world = await createStoreWorld({ poolMax: 12 });
    acme = await world.openStore('acme');
  });

  after(() => world.close());

  const eventsOf = (id: string) =>
    world.rows<{ type: EventType; payload: Record<string, unknown> }>(
      'select type, payload from events.outbox where aggregate_id = $1 order by seq',
      [id],
    );
  const typesOf = async (id: string) => (await eventsOf(id)).map(({ type }) => type);

  async function anOrder(fulfilment: Fulfilment, ctx = acme): Promise<Order> {
    const quote = await anApprovedQuote(acme);
    await changeCustomer(acme, quote.customerId!, { changes: { street: 'Rua A', city: 'Campinas', state: 'SP' } });
    return convertQuote(ctx, quote.id, { fulfilment });
  }

  it('goes to the customer’s door and records one sale under the delivery’s id', async () => {
    const order = await anOrder('delivery');

    for (const to of ROAD) await changeOrderStatus(acme, order.id, { to });

    const { deliveries } = await getOrder(acme, order.id);
    const sales = (await eventsOf(order.id)).filter(({ type }) => type === 'sale_recorded');
    assert.equal(deliveries.length, 1);
    assert.equal(deliveries[0]!.status, 'completed');
    assert.match(deliveries[0]!.number, /^ENT-\d{6}$/);
    assert.equal(sales.length, 1);
    assert.partialDeepStrictEqual(sales[0]!.payload, { sale_id: deliveries[0]!.id, total: '320.00' });
  });

  it('writes only events that the engines can read', async () => {
    const order = await anOrder('delivery');
    const cancelled = await anOrder('pickup');
    for (const to of ROAD) await changeOrderStatus(acme, order.id, { to });
    await changeOrderStatus(acme, cancelled.id, { to: 'cancelled', reason: 'desistiu' });

    for (const { type, payload } of [...(await eventsOf(order.id)), ...(await eventsOf(cancelled.id))])
      assert.ok(checkPayload(type, 1, payload).ok, type);
  });

  it('records one sale when ten people hand it over at once', async () => {
    const order = await anOrder('pickup');
    await changeOrderStatus(acme, order.id, { to: 'preparing' });
    await changeOrderStatus(acme, order.id, { to: 'ready' });

    await Promise.all(Array.from({ length: 10 }, () => changeOrderStatus(acme, order.id, { to: 'delivered' })));

    assert.deepEqual(await typesOf(order.id), [
      'order_created',
      'order_status_changed',
      'order_status_changed',
      'order_status_changed',
      'sale_recorded',
    ]);
  });

  it('comes back to the yard after a failed attempt and goes out again under a new delivery', async () => {
    const order = await anOrder('delivery');
    for (const to of ['preparing', 'ready', 'out_for_delivery', 'ready', 'out_for_delivery', 'delivered'] as const)
      await changeOrderStatus(acme, order.id, { to });

    const { deliveries } = await getOrder(acme, order.id);
    assert.deepEqual(deliveries.map(({ status }) => status).sort(), ['completed', 'failed']);
    assert.equal((await typesOf(order.id)).filter((type) => type === 'sale_recorded').length, 1);
  });

  it('is cancelled with a reason, told to the engines once', async () => {
    const order = await anOrder('pickup');

    await assert.rejects(changeOrderStatus(acme, order.id, { to: 'cancelled' }), { code: 'reason_missing' });
    await changeOrderStatus(acme, order.id, { to: 'cancelled', reason: 'cliente desistiu' });
    await changeOrderStatus(acme, order.id, { to: 'cancelled', reason: 'de novo' });

    assert.deepEqual(await typesOf(order.id), ['order_created', 'order_status_changed', 'order_cancelled']);
    assert.equal((await getOrder(acme, order.id)).order.cancelReason, 'cliente desistiu');
  });

  it('leaves no event behind a refused transition, whatever is tried', async () => {
    const order = await anOrder('pickup');
    const state = { now: 'pending' as OrderStatus, events: 1 };

    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ORDER_STATUSES.filter((status) => status !== 'cancelled')), async (to) => {
        const isLegal = LEGAL.pickup.has(`${state.now}→${to}`);
        if (isLegal || to === state.now) await changeOrderStatus(acme, order.id, { to });
        else await assert.rejects(changeOrderStatus(acme, order.id, { to }), { code: 'invalid_transition' });
        if (isLegal) {
          state.now = to;
          state.events += to === 'delivered' ? 2 : 1;
        }
        assert.equal((await eventsOf(order.id)).length, state.events);
      }),
      { numRuns: 40 },
    );
  });

  it('moves through the hands its roles allow: yard, counter and sales', async () => {
    const order = await anOrder('pickup');
    const [clerk, seller, finance] = [
      await world.hire(acme, 'stock_clerk'),
      await world.hire(acme, 'salesperson'),
      await world.hire(acme, 'finance'),
    ];

    await assert.rejects(changeOrderStatus(seller, order.id, { to: 'preparing' }), { status: 404 });
    await assert.rejects(changeOrderStatus(finance, order.id, { to: 'preparing' }), { status: 403 });
    await changeOrderStatus(clerk, order.id, { to: 'preparing' });
    await assert.rejects(changeOrderStatus(clerk, order.id, { to: 'cancelled', reason: 'x' }), { status: 403 });
  });

  it('can be taken back by its salesperson only while the yard has not begun', async () => {
    const seller = await world.hire(acme, 'salesperson');
    const order = { ...(await anOrder('pickup')), salespersonId: seller.user.id };

    assert.deepEqual(allowedSteps(seller, order), ['cancelled']);
    assert.deepEqual(allowedSteps(seller, { ...order, status: 'preparing' }), []);
  });
});
