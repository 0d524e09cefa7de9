import assert from 'node:assert/strict';
import { pricingEngine } from '#domain/engines/pricing/index.ts';
import { WHOLE_STORE } from '#domain/engines/index.ts';
import { newId } from '#platform/ids.ts';
import { openEngineLab, type EngineLab } from '#tests/support/engine-lab.ts';

const NOON = new Date('2026-11-27T12:00:00Z');
const daysBefore = (days: number) => new Date(NOON.getTime() - days * 86_400_000).toISOString();

describe('the pricing engine', () => {
  let lab: EngineLab;
  let now = NOON;

  before(async () => {
    lab = await openEngineLab(pricingEngine, () => now);
  });
  after(() => lab?.close());
  beforeEach(() => (now = NOON));

  const price = (tenant: string, product: string, supplier: string, amount: string, at = daysBefore(0)) =>
    lab.tell(tenant, 'supplier_price_registered', { supplier_id: supplier, product_id: product, price: amount, at });
  const receive = (tenant: string, product: string, lines: [quantity: string, cost: string][], at = daysBefore(1)) =>
    lab.tell(tenant, 'stock_received', {
      receipt_id: newId(),
      at,
      items: lines.map(([quantity, unit_cost]) => ({ product_id: product, quantity, unit_cost })),
    });
  const rows = (table: string, columns: string, tenant: string, order: string) =>
    lab.pipeline.rows(`select ${columns} from engines.${table} where tenant_id = $1 order by ${order}`, [tenant]);

  it('says who is cheapest and by how much the others are dearer', async () => {
    const [tenant, product] = [await lab.pipeline.createTenant(), newId()];
    const [a, b] = [newId(), newId()];
    await price(tenant, product, a, '32');
    await price(tenant, product, b, '30');
    assert.deepEqual(await lab.asked(tenant), [WHOLE_STORE, product]);

    await lab.recompute(tenant, product);

    assert.deepEqual(
      await rows('supplier_ranking', 'supplier_id, over_cheapest_pct::text, explanation', tenant, 'place'),
      [
        {
          supplier_id: b,
          over_cheapest_pct: '0.0',
          explanation: 'Pede R$ 30,00, o menor preço; nos últimos 90 dias o preço foi estável.',
        },
        {
          supplier_id: a,
          over_cheapest_pct: '6.7',
          explanation: 'Pede R$ 32,00, 6,7 % acima do menor; nos últimos 90 dias o preço foi estável.',
        },
      ],
    );
  });

  it('tells of each change once, and the same whatever order the prices came in', async () => {
    const told = [];
    for (const turned of [false, true]) {
      const [tenant, product, supplier] = [await lab.pipeline.createTenant(), newId(), newId()];
      const asked = [
        ['100', daysBefore(3)],
        ['120', daysBefore(2)],
        ['90', daysBefore(1)],
      ] as const;
      for (const [amount, at] of turned ? asked.toReversed() : asked) {
        await price(tenant, product, supplier, amount, at);
        await lab.recompute(tenant, product);
      }
      await lab.recompute(tenant, product);
      told.push(await rows('supplier_price_alerts', 'type, change_pct::text, explanation', tenant, 'type, change_pct'));
    }

    assert.deepEqual(told[0], told[1]);
    assert.deepEqual(told[0], [
      { type: 'decrease', change_pct: '-25.0', explanation: 'O preço caiu: R$ 90,00, antes R$ 120,00 (-25 %).' },
      { type: 'increase', change_pct: '20.0', explanation: 'O preço subiu: R$ 120,00, antes R$ 100,00 (20 %).' },
      {
        type: 'new_best_price',
        change_pct: '-10.0',
        explanation: 'O preço é o menor até agora: R$ 90,00, antes R$ 100,00 (-10 %).',
      },
    ]);
  });

  it('knows what goods cost by what was paid, else by the best offer, else not at all', async () => {
    const tenant = await lab.pipeline.createTenant();
    const [paid, offered, unknown, old] = [newId(), newId(), newId(), newId()];
    await price(tenant, paid, newId(), '99');
    await receive(tenant, paid, [
      ['10', '30'],
      ['30', '34'],
    ]);
    await receive(tenant, paid, [['100', '1']], daysBefore(200));
    await price(tenant, offered, newId(), '50');
    await receive(tenant, old, [['1', '7']], daysBefore(300));
    await receive(tenant, old, [['1', '8']], daysBefore(200));

    await lab.recompute(tenant, paid, offered, unknown, old);

    const costs = await rows('base_costs', 'product_id, cost::text, source', tenant, 'base_costs.cost');
    assert.deepEqual(costs, [
      { product_id: old, cost: '8.0000', source: 'receipts' },
      { product_id: paid, cost: '33.0000', source: 'receipts' },
      { product_id: offered, cost: '50.0000', source: 'supplier' },
    ]);
  });

  it('ranks a supplier no more when the price has ended, though nobody said so', async () => {
    const [tenant, product, ending, lasting] = [await lab.pipeline.createTenant(), newId(), newId(), newId()];
    await lab.tell(tenant, 'supplier_price_registered', {
      supplier_id: ending,
      product_id: product,
      price: '10',
      valid_until: '2026-11-30',
      at: daysBefore(1),
    });
    await price(tenant, product, lasting, '12');
    await lab.recompute(tenant, WHOLE_STORE, product);
    await lab.pipeline.rows('delete from events.recomputations where tenant_id = $1', [tenant]);
    const ranked = async () => (await rows('supplier_ranking', 'supplier_id', tenant, 'place')) as object[];
    assert.equal((await ranked()).length, 2);

    now = new Date('2026-12-01T05:00:00Z');
    await lab.recompute(tenant, WHOLE_STORE);
    assert.deepEqual(await lab.asked(tenant), [WHOLE_STORE, product]);
    await lab.recompute(tenant, product);

    assert.deepEqual(await ranked(), [{ supplier_id: lasting }]);
    assert.deepEqual(await rows('base_costs', 'cost::text', tenant, 'product_id'), [{ cost: '12.0000' }]);
  });

  it('asks at night only for what got old since it was judged', async () => {
    const [tenant, old, fresh] = [await lab.pipeline.createTenant(), newId(), newId()];
    await price(tenant, old, newId(), '10', daysBefore(89));
    await price(tenant, fresh, newId(), '10', daysBefore(10));
    await lab.recompute(tenant, old, fresh);
    await lab.pipeline.rows('delete from events.recomputations where tenant_id = $1', [tenant]);

    now = new Date(NOON.getTime() + 2 * 86_400_000);
    await lab.recompute(tenant, WHOLE_STORE);

    assert.deepEqual(await lab.asked(tenant), [WHOLE_STORE, old]);
  });

  it('keeps what it told of prices that are no news any more', async () => {
    const [tenant, product, supplier] = [await lab.pipeline.createTenant(), newId(), newId()];
    await price(tenant, product, supplier, '10', daysBefore(80));
    await price(tenant, product, supplier, '20', daysBefore(79));
    await lab.recompute(tenant, product);
    now = new Date(NOON.getTime() + 60 * 86_400_000);

    await price(tenant, product, supplier, '21', now.toISOString());
    await lab.recompute(tenant, product);

    const told = await rows('supplier_price_alerts', 'type, change_pct::text', tenant, 'type');
    assert.deepEqual(told, [{ type: 'increase', change_pct: '100.0' }]);
  });
});
