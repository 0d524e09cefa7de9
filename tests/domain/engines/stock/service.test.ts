import assert from 'node:assert/strict';
import fc from 'fast-check';
import { WHOLE_STORE } from '#domain/engines/index.ts';
import { stockEngine } from '#domain/engines/stock/index.ts';
import type { EventType } from '#domain/events/index.ts';
import { newId } from '#platform/ids.ts';
import { openEngineLab, type EngineLab } from '#tests/support/engine-lab.ts';

const NOON = new Date('2026-11-21T12:00:00Z');
const DAY_MS = 86_400_000;
const daysBefore = (days: number) => new Date(NOON.getTime() - days * DAY_MS).toISOString();

describe('the stock engine', () => {
  let lab: EngineLab;
  let now = NOON;

  before(async () => {
    lab = await openEngineLab(stockEngine, () => now);
  });
  beforeEach(() => (now = NOON));
  after(() => lab?.close());

  const sale = (product: string, quantity: string, at: string, total = '1.00') => ({
    sale_id: newId(),
    order_id: newId(),
    customer_id: newId(),
    delivered_at: at,
    total,
    items: [{ product_id: product, quantity, unit_price: '1.00', total }],
  });
  const count = (product: string, delta: string, at = daysBefore(120)) => ({
    product_id: product,
    movement_id: newId(),
    kind: 'count',
    delta,
    on_hand: delta,
    reserved: '0',
    at,
  });
  const alerts = (tenant: string) =>
    lab.pipeline.rows(
      `select type, severity, status, explanation from engines.stock_alerts where tenant_id = $1 order by opened_at, type`,
      [tenant],
    );
  const suggestions = (tenant: string) =>
    lab.pipeline.rows(
      `select quantity::text, priority, explanation from engines.replenishment_suggestions where tenant_id = $1`,
      [tenant],
    );
  const onHand = async (tenant: string) =>
    (
      await lab.pipeline.rows<{ on_hand: string }>(
        `select on_hand::text from engines.stock_products where tenant_id = $1`,
        [tenant],
      )
    )[0]!.on_hand;

  /** Ten a day for ninety days, and twenty left. */
  const sellOut = async (tenant: string, product: string) => {
    await lab.tell(tenant, 'stock_updated', count(product, '920'));
    await lab.tell(tenant, 'sale_recorded', sale(product, '900', daysBefore(10)));
    await lab.recompute(tenant, product);
  };

  it('warns of a shelf that will be empty and suggests what to order, in the store’s words', async () => {
    const tenant = await lab.pipeline.createTenant();

    await sellOut(tenant, newId());

    assert.deepEqual(await alerts(tenant), [
      {
        type: 'stockout_risk',
        severity: 'high',
        status: 'active',
        explanation:
          'Vende em média 10 por dia; o disponível dura 2 dias. Disponível e a receber: 20, abaixo do mínimo de 84 ' +
          '(reposição em 7 dias).',
      },
    ]);
    assert.deepEqual(await suggestions(tenant), [
      {
        quantity: '120.000',
        priority: 'A',
        explanation:
          'Vende em média 10 por dia; o disponível dura 2 dias. Pedir 120 completa o máximo de 140: disponível e a ' +
          'receber, há 20.',
      },
    ]);
  });

  it('resolves the alert and withdraws the suggestion once goods came, and opens a new one the next time', async () => {
    const [tenant, product] = [await lab.pipeline.createTenant(), newId()];
    await sellOut(tenant, product);
    const receipt = {
      receipt_id: newId(),
      at: NOON.toISOString(),
      items: [{ product_id: product, quantity: '120', unit_cost: '1' }],
    };

    await lab.tell(tenant, 'stock_received', receipt);
    await lab.recompute(tenant, product);
    assert.deepEqual(
      (await alerts(tenant)).map(({ status }) => status),
      ['resolved'],
    );
    assert.deepEqual(await suggestions(tenant), []);

    now = new Date(NOON.getTime() + 1000);
    await lab.tell(tenant, 'stock_updated', count(product, '-120', now.toISOString()));
    await lab.recompute(tenant, product);
    assert.deepEqual(
      (await alerts(tenant)).map(({ status }) => status),
      ['resolved', 'active'],
    );
  });

  it('says nothing of a product of which only sales are known: nobody has counted it', async () => {
    const [tenant, product] = [await lab.pipeline.createTenant(), newId()];

    await lab.tell(tenant, 'sale_recorded', sale(product, '900', daysBefore(10)));
    await lab.recompute(tenant, product);

    assert.deepEqual(await alerts(tenant), []);
  });

  it('has one active alert of a kind, however often it is judged', async () => {
    const [tenant, product] = [await lab.pipeline.createTenant(), newId()];
    await sellOut(tenant, product);

    await lab.recompute(tenant, product);
    await lab.recompute(tenant, product, product);

    assert.equal((await alerts(tenant)).length, 1);
  });

  it('counts what is on order and what is reserved, and forgets an order that is filled', async () => {
    const [tenant, product, purchase] = [await lab.pipeline.createTenant(), newId(), newId()];
    const changed = (open: string) => ({
      po_id: purchase,
      status: 'sent',
      items: [{ product_id: product, open_qty: open }],
    });
    await sellOut(tenant, product);

    await lab.tell(tenant, 'purchase_order_changed', changed('100'));
    await lab.recompute(tenant, product);
    assert.deepEqual(await suggestions(tenant), []);

    await lab.tell(tenant, 'stock_updated', {
      ...count(product, '0'),
      kind: 'reserve',
      reserved: '60',
      at: NOON.toISOString(),
    });
    await lab.recompute(tenant, product);
    assert.equal((await suggestions(tenant))[0]!.quantity, '80.000');

    await lab.tell(tenant, 'purchase_order_changed', changed('0'), new Date(NOON.getTime() + 1));
    await lab.recompute(tenant, product);
    assert.equal((await suggestions(tenant))[0]!.quantity, '180.000');
  });

  it('takes a product’s lead time, minimum and maximum as the store has set them, the newest whatever came last', async () => {
    const [tenant, product] = [await lab.pipeline.createTenant(), newId()];
    const set = { product_id: product, lead_time_days: 7, safety_pct: '20', min: '500', max: '600' };
    await sellOut(tenant, product);

    await lab.tell(tenant, 'replenishment_parameters_changed', set);
    await lab.tell(tenant, 'replenishment_parameters_changed', { ...set, max: '9999' }, new Date(daysBefore(1)));
    await lab.recompute(tenant, product);

    assert.equal((await suggestions(tenant))[0]!.quantity, '580.000');
  });

  it('says nothing more of a product that is no longer sold', async () => {
    const [tenant, product] = [await lab.pipeline.createTenant(), newId()];
    await sellOut(tenant, product);

    await lab.tell(tenant, 'product_upserted', { product_id: product, unit: 'UN', base_price: '1', active: false });
    await lab.recompute(tenant, product);

    assert.deepEqual(
      (await alerts(tenant)).map(({ status }) => status),
      ['resolved'],
    );
    assert.deepEqual(await suggestions(tenant), []);
  });

  it('counts both lines of a product that is twice in a sale, and a return against what was sold', async () => {
    const [tenant, product] = [await lab.pipeline.createTenant(), newId()];
    const twice = sale(product, '2', daysBefore(1));
    const back = { sale_id: twice.sale_id, return_id: newId(), items: [{ ...twice.items[0]!, quantity: '1' }] };

    await lab.tell(tenant, 'sale_recorded', { ...twice, items: [...twice.items, ...twice.items] });
    await lab.tell(tenant, 'sale_reversed', back);

    assert.equal(await onHand(tenant), '-3.000');
  });

  it('asks for what it touched to be judged, and for the store as a whole', async () => {
    const [tenant, product] = [await lab.pipeline.createTenant(), newId()];

    await lab.tell(tenant, 'sale_recorded', sale(product, '1', NOON.toISOString()));

    assert.deepEqual((await lab.asked(tenant)).toSorted(), [product, WHOLE_STORE].toSorted());
  });

  it('classes products by their revenue of twelve months, and asks for the next night of the store', async () => {
    const tenant = await lab.pipeline.createTenant('America/Manaus');
    const revenues = { a: '79.00', b: '1.00', c: '14.00', d: '1.00', e: '5.00' };
    const ids = new Map(Object.keys(revenues).map((name) => [newId(), name]));
    for (const [id, name] of ids)
      await lab.tell(tenant, 'sale_recorded', sale(id, '1', daysBefore(30), revenues[name as keyof typeof revenues]));
    const old = newId();
    ids.set(old, 'old');
    await lab.tell(tenant, 'sale_recorded', sale(old, '1', daysBefore(400), '500.00'));
    await lab.forgetAsked(tenant);

    await lab.recompute(tenant, WHOLE_STORE);

    const classes = await lab.pipeline.rows<{ product_id: string; class: string }>(
      `select product_id, class from engines.product_classes where tenant_id = $1`,
      [tenant],
    );
    const classOf = Object.fromEntries(classes.map((row) => [ids.get(row.product_id), row.class]));
    assert.deepEqual(classOf, { a: 'A', c: 'A', e: 'B', b: 'C', d: 'C', old: 'C' });
    const [tonight] = await lab.pipeline.rows<{ due_at: Date }>(
      `select due_at from events.recomputations where tenant_id = $1 and subject = $2`,
      [tenant, WHOLE_STORE],
    );
    assert.deepEqual(tonight!.due_at, new Date('2026-11-22T06:00:00Z'));
  });

  it('expects no more of a purchase order that was cancelled, nor of a line that it names no longer', async () => {
    const [tenant, kept, dropped] = [await lab.pipeline.createTenant(), newId(), newId()];
    const order = { po_id: newId(), status: 'sent' };
    const lines = [kept, dropped].map((product_id) => ({ product_id, open_qty: '5' }));
    const open = () =>
      lab.pipeline.rows(
        `select product_id, open_quantity::int as open from engines.stock_on_order
          where tenant_id = $1 and open_quantity > 0 order by product_id`,
        [tenant],
      );

    await lab.tell(tenant, 'purchase_order_changed', { ...order, items: lines });
    assert.deepEqual((await open()).length, 2);
    await lab.forgetAsked(tenant);
    const later = new Date(NOON.getTime() + 1);
    await lab.tell(tenant, 'purchase_order_changed', { ...order, items: lines.slice(0, 1) }, later);
    assert.deepEqual(await open(), [{ product_id: kept, open: 5 }]);
    const asked = await lab.pipeline.rows('select 1 from events.recomputations where tenant_id = $1 and subject = $2', [
      tenant,
      dropped,
    ]);
    assert.equal(asked.length, 1);
    const last = new Date(NOON.getTime() + 2);
    await lab.tell(tenant, 'purchase_order_changed', { ...order, status: 'cancelled', items: lines }, last);
    assert.deepEqual(await open(), []);
  });

  it('comes to the same whatever order the events of different aggregates come in, and told twice', async () => {
    const product = newId();
    const events: [EventType, object][] = [
      ['stock_updated', count(product, '100')],
      ['sale_recorded', sale(product, '10', daysBefore(5))],
      ['sale_recorded', sale(product, '7.5', daysBefore(3))],
      [
        'stock_received',
        { receipt_id: newId(), at: daysBefore(2), items: [{ product_id: product, quantity: '3', unit_cost: '1' }] },
      ],
      ['stock_updated', { ...count(product, '0'), kind: 'reserve', reserved: '4', at: daysBefore(1) }],
    ];
    const order = fc.shuffledSubarray([...events, ...events], { minLength: 10, maxLength: 10 });

    await fc.assert(
      fc.asyncProperty(order, async (told) => {
        const tenant = await lab.pipeline.createTenant();
        for (const [type, payload] of told) await lab.tell(tenant, type, payload);
        const [row] = await lab.pipeline.rows(
          `select on_hand::text, reserved::text from engines.stock_products where tenant_id = $1`,
          [tenant],
        );
        assert.deepEqual(row, { on_hand: '85.500', reserved: '4.000' });
      }),
      { numRuns: 15 },
    );
  });
});
