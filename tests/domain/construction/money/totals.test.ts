import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  Decimal,
  documentTotals,
  effectiveDiscountPct,
  lineTotal,
  netLineTotals,
  netUnitPrice,
  rounded,
} from '#domain/construction/money/index.ts';

const cents = (max: number) => fc.integer({ min: 0, max }).map((n) => new Decimal(n).dividedBy(100).toFixed(2));
const sum = (amounts: readonly string[]) => Decimal.sum(0, ...amounts).toFixed(2);

describe('money', () => {
  it('rounds half away from zero, on both sides', () => {
    assert.deepEqual(
      ['0.125', '-0.125', '1.005', '0.1249999'].map((value) => rounded(value, 2)),
      ['0.13', '-0.13', '1.01', '0.12'],
    );
  });

  it('prices a line as the store counts it', () => {
    assert.equal(lineTotal({ quantity: '10', unitPrice: '32.00', discountPct: '5' }), '304.00');
    assert.equal(lineTotal({ quantity: '2', unitPrice: '85.00', discountPct: '0' }), '170.00');
    assert.equal(lineTotal({ quantity: '2.345', unitPrice: '19.99', discountPct: '0' }), '46.88');
    assert.equal(lineTotal({ quantity: '1', unitPrice: '0.125', discountPct: '0' }), '0.13');
  });

  it('is exact where a binary fraction is a hair below the half cent', () => {
    assert.equal(lineTotal({ quantity: '1', unitPrice: '1.005', discountPct: '0' }), '1.01');
    assert.equal(documentTotals(['8.30'], { discountPct: '1.5', freight: '0' }).discountTotal, '0.12');
    assert.equal(documentTotals(['20.10'], { discountPct: '5', freight: '0' }).discountTotal, '1.01');
    assert.equal(netUnitPrice('1.0005', '10'), '0.1001');
  });

  it('takes the header discount off the subtotal and adds the freight undiscounted', () => {
    assert.deepEqual(documentTotals(['304.00', '170.00'], { discountPct: '5', freight: '0' }), {
      subtotal: '474.00',
      discountTotal: '23.70',
      freight: '0.00',
      total: '450.30',
    });
    assert.equal(documentTotals(['304.00', '170.00'], { discountPct: '5', freight: '80' }).total, '530.30');
  });

  it('is zero for a document without lines', () => {
    assert.equal(documentTotals([], { discountPct: '5', freight: '0' }).total, '0.00');
  });

  it('rounds each line before adding, never the sum of exact lines', () => {
    const line = lineTotal({ quantity: '1', unitPrice: '0.005', discountPct: '0' });

    assert.equal(documentTotals([line, line, line], { discountPct: '0', freight: '0' }).subtotal, '0.03');
  });

  it('spreads a discount over lines to the cent, by largest remainder', () => {
    assert.deepEqual(netLineTotals(['10.00', '10.00', '10.00'], '0.01'), ['9.99', '10.00', '10.00']);
    assert.deepEqual(netLineTotals(['304.00', '170.00'], '23.70'), ['288.80', '161.50']);
    assert.deepEqual(netLineTotals(['0.00', '0.00'], '0.00'), ['0.00', '0.00']);
  });

  it('makes the net lines add up to the discounted subtotal, none below zero, for any document', () => {
    fc.assert(
      fc.property(
        fc.array(cents(1_000_000_00), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 0, max: 10_000 }),
        (lines, hundredths) => {
          const discountPct = new Decimal(hundredths).dividedBy(100).toFixed(2);
          const totals = documentTotals(lines, { discountPct, freight: '0' });

          const net = netLineTotals(lines, totals.discountTotal);

          assert.equal(sum(net), new Decimal(totals.subtotal).minus(totals.discountTotal).toFixed(2));
          for (const [index, amount] of net.entries()) {
            assert.ok(new Decimal(amount).gte(0));
            assert.ok(new Decimal(amount).lte(lines[index]!));
          }
        },
      ),
    );
  });

  it('agrees with exact arithmetic in millionths of a cent for any line', () => {
    const scaled = fc.record({
      quantity: fc.integer({ min: 1, max: 9_999_999_999 }),
      price: fc.integer({ min: 0, max: 99_999_999 }),
      discount: fc.integer({ min: 0, max: 10_000 }),
    });
    fc.assert(
      fc.property(scaled, ({ quantity, price, discount }) => {
        // thousandths × ten-thousandths × ten-thousandths = 10^-11; half a cent of that is 5 × 10^8.
        const exact = BigInt(quantity) * BigInt(price) * BigInt(10_000 - discount);
        const expected = (exact + 500_000_000n) / 1_000_000_000n;

        const total = lineTotal({
          quantity: new Decimal(quantity).dividedBy(1000).toFixed(3),
          unitPrice: new Decimal(price).dividedBy(10_000).toFixed(4),
          discountPct: new Decimal(discount).dividedBy(100).toFixed(2),
        });

        assert.equal(total, new Decimal(expected.toString()).dividedBy(100).toFixed(2));
      }),
    );
  });

  it('says what one unit came to after all discounts', () => {
    assert.equal(netUnitPrice('288.80', '10.000'), '28.8800');
  });

  it('finds the whole discount of a line against its list price', () => {
    const line = { quantity: '1', unitPrice: '100', discountPct: '5', listPrice: '100' };

    assert.equal(effectiveDiscountPct(line, '5'), '9.75');
    assert.equal(effectiveDiscountPct({ ...line, discountPct: '0' }, '5'), '5');
    assert.equal(effectiveDiscountPct({ ...line, discountPct: '0', unitPrice: '90' }, '0'), '10');
    assert.equal(effectiveDiscountPct({ ...line, unitPrice: '200' }, '0'), '0');
    assert.equal(effectiveDiscountPct({ ...line, listPrice: '0' }, '50'), '0');
  });
});
