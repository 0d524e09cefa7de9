import assert from 'node:assert/strict';
import fc from 'fast-check';
import { changesIn, rankSuppliers, type PriceFact } from '#domain/engines/pricing/rules.ts';

const NOW = new Date('2026-11-27T12:00:00Z');
const DAY_MS = 86_400_000;
const AT = { now: NOW, today: '2026-11-27' };

let facts = 0;
const asks = (supplierId: string, price: string, daysAgo = 0, changes: Partial<PriceFact> = {}): PriceFact => ({
  factId: `fact ${++facts}`,
  supplierId,
  price,
  paymentDays: null,
  validUntil: null,
  before: null,
  leastBefore: null,
  registeredAt: new Date(NOW.getTime() - daysAgo * DAY_MS),
  ...changes,
});
const ranking = (...prices: PriceFact[]) =>
  rankSuppliers(prices, AT).map(({ supplierId, overCheapestPct }) => [supplierId, String(overCheapestPct)]);

describe('the rules of prices', () => {
  it('hold for the example of the handbook', () => {
    assert.deepEqual(ranking(asks('a', '32'), asks('b', '30'), asks('c', '35')), [
      ['b', '0'],
      ['a', '6.7'],
      ['c', '16.7'],
    ]);
  });

  it('weigh what was asked lately: 0.7 of now, 0.3 of the mean of 90 days', () => {
    const [first, second] = rankSuppliers([asks('a', '40', 30), asks('a', '30'), asks('b', '31')], AT);

    assert.deepEqual([first!.supplierId, String(first!.score)], ['b', '31']);
    assert.deepEqual([second!.supplierId, String(second!.score)], ['a', '31.5']);
  });

  it('forget what was asked more than 90 days ago, and prices that hold no longer', () => {
    const prices = [asks('a', '90', 91), asks('a', '30'), asks('b', '20', 5, { validUntil: '2026-11-26' })];

    const [only, ...others] = rankSuppliers(prices, AT);

    assert.deepEqual([only!.supplierId, String(only!.score), others], ['a', '30', []]);
  });

  it('put the steadier first among equals, then who lets one pay later', () => {
    const prices = [
      asks('soon', '30', 0, { paymentDays: 7 }),
      asks('late', '30', 0, { paymentDays: 28 }),
      asks('wild', '25', 60),
      asks('wild', '35', 50),
      asks('wild', '30'),
    ];

    assert.deepEqual(
      rankSuppliers(prices, AT).map(({ supplierId, stability }) => [supplierId, stability]),
      [
        ['late', 'stable'],
        ['soon', 'stable'],
        ['wild', 'unstable'],
      ],
    );
  });

  it('tell of a tenth up or down, and of a price that nobody asked before', () => {
    const news = (supplierId: string, price: string, before: string | null, leastBefore: string) =>
      asks(supplierId, price, 0, { before, leastBefore });
    const prices = [
      asks('a', '100'),
      news('a', '109', '100', '100'),
      news('a', '120', '109', '100'),
      news('a', '108', '120', '100'),
      news('b', '99', null, '100'),
    ];

    assert.deepEqual(
      prices.flatMap(changesIn).map(({ supplierId, type, changePct }) => [supplierId, type, String(changePct)]),
      [
        ['a', 'increase', '10.1'],
        ['a', 'decrease', '-10'],
        ['b', 'new_best_price', '-1'],
      ],
    );
  });

  it('rank every supplier once, none below the cheapest', () => {
    const price = fc.record({
      supplier: fc.constantFrom('a', 'b', 'c', 'd'),
      cents: fc.integer({ min: 1, max: 1_000_000 }),
      daysAgo: fc.nat(200),
    });

    fc.assert(
      fc.property(fc.array(price, { minLength: 1, maxLength: 30 }), (prices) => {
        const ordered = prices.toSorted((a, b) => b.daysAgo - a.daysAgo);
        const ranked = rankSuppliers(
          ordered.map(({ supplier, cents, daysAgo }) => asks(supplier, (cents / 100).toFixed(2), daysAgo)),
          AT,
        );
        assert.equal(ranked.length, new Set(prices.map(({ supplier }) => supplier)).size);
        assert.ok(ranked.every(({ overCheapestPct }) => overCheapestPct.gte(0)));
        assert.ok(ranked.some(({ overCheapestPct }) => overCheapestPct.isZero()));
        assert.ok(ranked.every(({ score }, n) => n === 0 || score.gte(ranked[n - 1]!.score)));
      }),
    );
  });
});
