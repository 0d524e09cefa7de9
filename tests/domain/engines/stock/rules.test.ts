import assert from 'node:assert/strict';
import fc from 'fast-check';
import { judge, type StockPosition } from '#domain/engines/stock/rules.ts';

/** Ten a day, twenty on the shelf. */
const GOLDEN: StockPosition = {
  soldInWindow: '900',
  daysKnown: 120,
  daysSinceSale: 0,
  onHand: '20',
  reserved: '0',
  onOrder: '0',
  leadTimeDays: 7,
  safetyPct: '20',
  minimumOverride: undefined,
  maximumOverride: undefined,
};

const told = (changes: Partial<StockPosition>) => {
  const judgement = judge({ ...GOLDEN, ...changes });
  return { ...judgement, alerts: Object.fromEntries(judgement.alerts) };
};

describe('the rules of stock', () => {
  it('hold for the example of the handbook', () => {
    const { demand, minimum, maximum, daysLeft, alerts, suggestion } = told({});

    assert.deepEqual([demand, minimum, maximum, daysLeft].map(String), ['10', '84', '140', '2']);
    assert.deepEqual(alerts, { stockout_risk: 'high' });
    assert.deepEqual([String(suggestion!.quantity), suggestion!.priority], ['120', 'A']);
  });

  const cases: [string, Partial<StockPosition>, Record<string, string>][] = [
    ['enough for now', { onHand: '100' }, {}],
    ['exactly the minimum', { onHand: '84' }, {}],
    ['empty in the lead time', { onHand: '79' }, { stockout_risk: 'high' }],
    ['empty in twice the lead time', { onHand: '83', safetyPct: '60' }, { stockout_risk: 'medium' }],
    ['empty later than that', { onHand: '150', minimumOverride: '200' }, { stockout_risk: 'low' }],
    ['on order already', { onHand: '20', onOrder: '80' }, {}],
    ['reserved for others', { onHand: '100', reserved: '60' }, { stockout_risk: 'high' }],
    ['nothing left', { onHand: '0' }, { out_of_stock: 'high', stockout_risk: 'high' }],
    ['sold more than there was', { onHand: '-5' }, { out_of_stock: 'high', stockout_risk: 'high' }],
    ['nothing left, much on order', { onHand: '0', onOrder: '90' }, { out_of_stock: 'high' }],
    ['half as much again as the most', { onHand: '210' }, {}],
    ['more than that', { onHand: '210.001' }, { excess: 'low' }],
    ['unsold for 89 days', { soldInWindow: '0', daysSinceSale: 89 }, {}],
    ['unsold for 90 days', { soldInWindow: '0', daysSinceSale: 90 }, { dead_stock: 'low' }],
    ['never sold, known for long', { soldInWindow: '0', daysSinceSale: undefined }, { dead_stock: 'low' }],
    ['never sold and new', { soldInWindow: '0', daysSinceSale: undefined, daysKnown: 3 }, {}],
    ['never sold and none there', { soldInWindow: '0', daysSinceSale: undefined, onHand: '0' }, {}],
    ['a minimum of the store’s own', { soldInWindow: '0', minimumOverride: '30' }, { stockout_risk: 'low' }],
  ];
  for (const [name, changes, alerts] of cases)
    it(`say of what is ${name}: ${Object.keys(alerts).join(', ') || 'nothing'}`, () => {
      assert.deepEqual(told(changes).alerts, alerts);
    });

  it('take a product that is new by the days it is known, two weeks at least', () => {
    const demandAfter = (daysKnown: number) => told({ soldInWindow: '280', daysKnown }).demand.toString();

    assert.deepEqual([1, 14, 28].map(demandAfter), ['20', '20', '10']);
  });

  it('never suggest what would leave the position below the minimum or above the maximum by a whole unit', () => {
    const amount = fc.integer({ min: 0, max: 1_000_000 }).map((thousandths) => (thousandths / 1000).toFixed(3));
    const position = fc.record({
      soldInWindow: amount,
      daysKnown: fc.nat(400),
      daysSinceSale: fc.option(fc.nat(400), { nil: undefined }),
      onHand: amount,
      reserved: amount,
      onOrder: amount,
      leadTimeDays: fc.integer({ min: 1, max: 365 }),
      safetyPct: amount,
      minimumOverride: fc.option(amount, { nil: undefined }),
      maximumOverride: fc.option(amount, { nil: undefined }),
    });

    fc.assert(
      fc.property(position, (known) => {
        const { suggestion, position: before, minimum, maximum, alerts } = judge(known);
        assert.equal(suggestion !== undefined, before.lt(minimum));
        assert.equal(alerts.has('stockout_risk'), before.lt(minimum));
        if (!suggestion) return;
        const after = before.plus(suggestion.quantity);
        assert.ok(suggestion.quantity.isInteger() && suggestion.quantity.gt(0));
        assert.ok(after.gte(minimum) && after.lt(maximum.plus(1)));
      }),
    );
  });
});
