import assert from 'node:assert/strict';
import fc from 'fast-check';
import { editableAmount, editableNumber, parseBrazilianNumber } from '#domain/construction/money/index.ts';

describe('numbers as Brazilians write them', () => {
  it('reads commas, grouping dots and the currency sign', () => {
    assert.equal(parseBrazilianNumber('1.234,50'), '1234.50');
    assert.equal(parseBrazilianNumber('1234,5'), '1234.5');
    assert.equal(parseBrazilianNumber(' R$ 1.234.567,89 '), '1234567.89');
    assert.equal(parseBrazilianNumber('1.234'), '1234');
    assert.equal(parseBrazilianNumber('32.5'), '32.5');
    assert.equal(parseBrazilianNumber('0'), '0');
  });

  it('refuses what is not a number rather than guessing', () => {
    for (const text of ['', '-1', '1,2,3', '1.23,4', 'dez', '1e3', '1.2.3', '--', '12.34.567', ',5'])
      assert.equal(parseBrazilianNumber(text), undefined, text);
  });

  it('reads back every amount it puts into an input', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 99_999_999_999_999n }), (n) => {
        const amount = `${n / 100n}.${String(n % 100n).padStart(2, '0')}`;

        assert.equal(parseBrazilianNumber(editableAmount(amount)), amount);
      }),
    );
  });

  it('writes amounts and quantities the way they are typed', () => {
    assert.equal(editableAmount('1234.5000'), '1.234,50');
    assert.equal(editableAmount('0.0375'), '0,0375');
    assert.equal(editableAmount('9999999.9999'), '9.999.999,9999');
    assert.equal(editableNumber('10.000'), '10');
    assert.equal(editableNumber('2.320'), '2,32');
  });
});
