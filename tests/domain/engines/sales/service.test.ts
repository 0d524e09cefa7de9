import assert from 'node:assert/strict';
import fc from 'fast-check';
import { salesEngine } from '#domain/engines/sales/index.ts';
import type { EventType } from '#domain/events/index.ts';
import { newId } from '#platform/ids.ts';
import { openEngineLab, type EngineLab } from '#tests/support/engine-lab.ts';

const NOON = new Date('2026-11-21T12:00:00Z');

describe('the sales engine', () => {
  let lab: EngineLab;

  before(async () => {
    lab = await openEngineLab(salesEngine, () => NOON);
  });
  after(() => lab?.close());

  const days = (tenant: string) =>
    lab.pipeline.rows(
      `select day::text, quotes_sent, quotes_converted, orders, orders_total, orders_cancelled, sales, revenue
         from engines.sales_daily where tenant_id = $1 order by day`,
      [tenant],
    );

  const item = (total: string) => ({ product_id: newId(), quantity: '1.000', unit_price: total, total });
  const sale = (total: string, at: Date) => ({
    sale_id: newId(),
    order_id: newId(),
    customer_id: newId(),
    delivered_at: at.toISOString(),
    total,
    items: [item(total)],
  });

  it('puts a sale on the day it is in the store’s own time zone', async () => {
    const [manaus, noronha] = [
      await lab.pipeline.createTenant('America/Manaus'),
      await lab.pipeline.createTenant('America/Noronha'),
    ];
    const at = new Date('2026-11-22T03:00:00Z');

    await lab.tell(manaus, 'sale_recorded', sale('10.00', at));
    await lab.tell(noronha, 'sale_recorded', sale('10.00', at));

    assert.deepEqual(
      (await days(manaus)).map(({ day }) => day),
      ['2026-11-21'],
    );
    assert.deepEqual(
      (await days(noronha)).map(({ day }) => day),
      ['2026-11-22'],
    );
  });

  it('adds up money exactly, and the lines of an order to its total', async () => {
    const tenant = await lab.pipeline.createTenant();
    for (const total of ['0.10', '0.20', '450.30']) await lab.tell(tenant, 'sale_recorded', sale(total, NOON));
    const order = { order_id: newId(), customer_id: newId(), fulfilment: 'pickup' };

    await lab.tell(tenant, 'order_created', { ...order, items: [item('288.80'), item('161.50')] });

    const [day] = await days(tenant);
    assert.deepEqual([day!.revenue, day!.sales, day!.orders_total], ['450.60', 3, '450.30']);
  });

  it('counts a quote once for each step, however often it takes it', async () => {
    const tenant = await lab.pipeline.createTenant();
    const quote = { quote_id: newId(), customer_id: newId(), total: '1.00', valid_until: '2026-12-01' };

    await lab.tell(tenant, 'quote_sent', quote);
    await lab.tell(tenant, 'quote_sent', quote, new Date(NOON.getTime() + 86_400_000));

    assert.deepEqual(
      (await days(tenant)).map(({ day, quotes_sent }) => [day, quotes_sent]),
      [['2026-11-21', 1]],
    );
  });

  it('comes to the same figures in whatever order the news arrives', async () => {
    const steps = (): [EventType, object, Date][] => {
      const [order_id, quote_id, customer_id] = [newId(), newId(), newId()];
      const quote = { quote_id, customer_id, total: '5.00', valid_until: '2026-12-01' };
      const order = { order_id, customer_id, quote_id, items: [item('5.00')] };
      const converted = { ...quote, order_id, converted_at: NOON.toISOString(), items: [] };
      const change = (new_status: string, seconds: number) => ({
        order_id,
        old_status: 'pending',
        new_status,
        changed_at: new Date(NOON.getTime() + seconds * 1000).toISOString(),
      });
      return [
        ['quote_sent', quote, NOON],
        ['quote_converted', converted, NOON],
        ['order_created', { ...order, fulfilment: 'delivery' }, NOON],
        ['order_status_changed', change('preparing', 1), NOON],
        ['order_status_changed', change('cancelled', 2), NOON],
        ['order_cancelled', { order_id, items: order.items }, NOON],
      ];
    };
    const shuffled = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 });
    await fc.assert(
      fc.asyncProperty(shuffled, async (order) => {
        const tenant = await lab.pipeline.createTenant();
        const news = steps();

        for (const index of order) await lab.tell(tenant, ...news[index]!);

        const [day] = await days(tenant);
        const { quotes_sent, quotes_converted, orders, orders_total, orders_cancelled } = day!;
        assert.deepEqual([quotes_sent, quotes_converted, orders, orders_total, orders_cancelled], [1, 1, 1, '5.00', 1]);
        const facts = await lab.pipeline.rows('select status from engines.order_facts where tenant_id = $1', [tenant]);
        assert.deepEqual(facts, [{ status: 'cancelled' }]);
      }),
      { numRuns: 20 },
    );
  });
});
