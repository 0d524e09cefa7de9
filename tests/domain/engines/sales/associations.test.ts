import assert from 'node:assert/strict';
import fc from 'fast-check';
import { WHOLE_STORE } from '#domain/engines/index.ts';
import { salesEngine } from '#domain/engines/sales/index.ts';
import { newId } from '#platform/ids.ts';
import { openEngineLab, type EngineLab } from '#tests/support/engine-lab.ts';

const NOON = new Date('2026-11-21T12:00:00Z');
const DAY_MS = 86_400_000;
const daysBefore = (days: number) => new Date(NOON.getTime() - days * DAY_MS).toISOString();

type Suggestion = { source: string; suggested: string; support: number; confidence: number; priority: string };

describe('what is bought together', () => {
  let lab: EngineLab;
  let now = NOON;

  before(async () => {
    lab = await openEngineLab(salesEngine, () => now);
  });
  beforeEach(() => (now = NOON));
  after(() => lab?.close());

  const sell = (tenant: string, sales: { products: string[]; at?: string; orderId?: string }[]) =>
    lab.tellAll(
      tenant,
      'sale_recorded',
      sales.map(({ products, at = daysBefore(1), orderId = newId() }) => ({
        sale_id: newId(),
        order_id: orderId,
        customer_id: newId(),
        delivered_at: at,
        total: '1.00',
        items: products.map((product_id) => ({ product_id, quantity: '1', unit_price: '1', total: '1' })),
      })),
    );
  const times = (count: number, products: string[]) => Array.from({ length: count }, () => ({ products }));
  const suggestions = (tenant: string) =>
    lab.pipeline.rows<Suggestion & { explanation: string }>(
      `select source_product_id as source, suggested_product_id as suggested, support, confidence::float8, priority, explanation
         from engines.sales_suggestions where tenant_id = $1 order by confidence desc, source_product_id, suggested_product_id`,
      [tenant],
    );

  it('is suggested with its reason, and each way by its own share', async () => {
    const [tenant, cement, sand, paint] = [await lab.pipeline.createTenant(), newId(), newId(), newId()];
    await sell(tenant, [...times(6, [cement, sand]), ...times(4, [cement]), ...times(10, [paint])]);

    await lab.recompute(tenant, cement, sand, paint);

    assert.deepEqual(await suggestions(tenant), [
      {
        source: sand,
        suggested: cement,
        support: 6,
        confidence: 1,
        priority: 'high',
        explanation: 'De 6 pedidos com este produto nos últimos 90 dias, 6 (100 %) levaram também o sugerido.',
      },
      {
        source: cement,
        suggested: sand,
        support: 6,
        confidence: 0.6,
        priority: 'medium',
        explanation: 'De 10 pedidos com este produto nos últimos 90 dias, 6 (60 %) levaram também o sugerido.',
      },
    ]);
  });

  it('is not suggested for fewer than five orders, less than a fifth, or what everybody takes anyway', async () => {
    const tenant = await lab.pipeline.createTenant();
    const [rare, rareToo, common, sometimes, always] = [newId(), newId(), newId(), newId(), newId()];
    await sell(tenant, [
      ...times(4, [rare, rareToo, always]),
      ...times(5, [common, sometimes, always]),
      ...times(21, [common, always]),
    ]);

    await lab.recompute(tenant, rare, rareToo, common, sometimes, always);

    const told = (await suggestions(tenant)).map(({ source, suggested }) => [source, suggested]);
    assert.deepEqual(told, [[sometimes, common]]);
  });

  it('counts an order once that is delivered in parts', async () => {
    const [tenant, a, b, other] = [await lab.pipeline.createTenant(), newId(), newId(), newId()];
    const parts = Array.from({ length: 5 }, () => newId()).flatMap((orderId) => [
      { products: [a], orderId },
      { products: [b], orderId },
      { products: [a], orderId },
    ]);
    await sell(tenant, [...parts, ...times(5, [other])]);

    await lab.recompute(tenant, a);

    assert.deepEqual(
      (await suggestions(tenant)).map(({ support, confidence }) => [support, confidence]),
      [[5, 1]],
    );
  });

  it('goes again when its orders are past, on the night it is asked for all of the store', async () => {
    const [tenant, a, b, other] = [await lab.pipeline.createTenant(), newId(), newId(), newId()];
    await sell(tenant, [...times(5, [a, b]), ...times(5, [other])]);
    await lab.recompute(tenant, a, b);
    assert.equal((await suggestions(tenant)).length, 2);

    now = new Date(NOON.getTime() + 120 * DAY_MS);
    await lab.forgetAsked(tenant);
    await lab.recompute(tenant, WHOLE_STORE);
    const asked = await lab.pipeline.rows<{ subject: string }>(
      'select subject from events.recomputations where tenant_id = $1 and due_at <= $2',
      [tenant, now],
    );
    await lab.recompute(tenant, ...asked.map(({ subject }) => subject));

    assert.deepEqual(asked.map(({ subject }) => subject).toSorted(), [a, b].toSorted());
    assert.deepEqual(await suggestions(tenant), []);
  });

  it('is at most ten for a product, the surest', async () => {
    const [tenant, source] = [await lab.pipeline.createTenant(), newId()];
    const others = Array.from({ length: 12 }, () => newId());
    const orders = Array.from({ length: 20 }, (_, n) => [source, ...others.filter((_id, i) => n < 20 - i)]);
    await sell(tenant, [...orders.map((products) => ({ products })), ...times(30, [newId()])]);

    await lab.recompute(tenant, source);

    assert.deepEqual(
      (await suggestions(tenant)).map(({ suggested }) => suggested),
      others.slice(0, 10),
    );
  });

  it('is what counting by hand comes to', async () => {
    const products = Array.from({ length: 5 }, () => newId());
    const baskets = fc.array(fc.subarray(products, { minLength: 1 }), { minLength: 20, maxLength: 60 });

    await fc.assert(
      fc.asyncProperty(baskets, async (orders) => {
        const tenant = await lab.pipeline.createTenant();
        await sell(
          tenant,
          orders.map((basket) => ({ products: basket })),
        );
        await lab.recompute(tenant, ...products);

        const told = (await suggestions(tenant)).map(
          ({ source, suggested, support }) => `${source} ${suggested} ${support}`,
        );
        assert.deepEqual(told.toSorted(), countByHand(products, orders).toSorted());
      }),
      { numRuns: 12 },
    );
  });
});

function countByHand(products: readonly string[], orders: readonly string[][]): string[] {
  const holding = (...wanted: string[]) => orders.filter((order) => wanted.every((id) => order.includes(id))).length;
  return products.flatMap((a) =>
    products
      .filter((b) => b !== a)
      .filter((b) => {
        const both = holding(a, b);
        return both >= 5 && 5 * both >= holding(a) && both * orders.length > holding(a) * holding(b);
      })
      .map((b) => `${a} ${b} ${holding(a, b)}`),
  );
}
