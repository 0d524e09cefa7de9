import assert from 'node:assert/strict';
import {
  exceedsDiscountLimit,
  isQuoteStep,
  nextStatuses,
  QUOTE_STATUSES,
  statusOn,
  type QuoteStatus,
} from '#domain/construction/quotes/index.ts';

const TODAY = '2026-11-21';
const LEGAL = new Set([
  'draft→sent',
  'draft→cancelled',
  'sent→approved',
  'sent→rejected',
  'sent→expired',
  'sent→cancelled',
  'approved→converted',
  'approved→expired',
  'approved→cancelled',
]);

const quote = (status: QuoteStatus, validUntil: string | null = TODAY) => ({ status, validUntil });

describe('the states of a quote', () => {
  for (const from of QUOTE_STATUSES)
    for (const to of QUOTE_STATUSES) {
      if (from === to)
        it(`answers ${from}→${to} without doing anything`, () => {
          assert.equal(isQuoteStep(TODAY, quote(from), to), false);
        });
      else if (LEGAL.has(`${from}→${to}`))
        it(`goes ${from}→${to}`, () => {
          assert.equal(isQuoteStep(TODAY, quote(from), to), true);
        });
      else
        it(`refuses ${from}→${to}`, () => {
          assert.throws(() => isQuoteStep(TODAY, quote(from), to), { code: 'invalid_transition', status: 409 });
        });
    }

  it('holds an offer to its last day, that day included', () => {
    assert.equal(statusOn(TODAY, quote('sent', TODAY)), 'sent');
    assert.equal(statusOn(TODAY, quote('sent', '2026-11-20')), 'expired');
    assert.equal(statusOn(TODAY, quote('approved', '2026-11-20')), 'expired');
    assert.equal(statusOn(TODAY, quote('converted', '2026-11-20')), 'converted');
  });

  it('neither approves nor converts an offer whose last day is past', () => {
    const approve = () => isQuoteStep(TODAY, quote('sent', '2026-11-20'), 'approved');
    const convert = () => isQuoteStep(TODAY, quote('approved', '2026-11-20'), 'converted');

    assert.throws(approve, { code: 'invalid_transition' });
    assert.throws(convert, { code: 'invalid_transition' });
  });

  it('offers no button that time alone may press', () => {
    assert.deepEqual(nextStatuses(TODAY, quote('sent')), ['approved', 'rejected', 'cancelled']);
    assert.deepEqual(nextStatuses(TODAY, quote('sent', '2026-11-20')), []);
  });
});

describe('the limit of a discount', () => {
  const line = { quantity: '3', listPrice: '0.10', unitPrice: '0.10', discountPct: '0' };

  it('lets a discount of exactly the limit pass, however the cents round', () => {
    assert.equal(exceedsDiscountLimit([line], '5', '5'), false);
    assert.equal(exceedsDiscountLimit([line], '5.01', '5'), true);
  });

  it('counts line and document discounts together, and a lower price as a discount', () => {
    assert.equal(exceedsDiscountLimit([{ ...line, discountPct: '3' }], '3', '5'), true);
    assert.equal(exceedsDiscountLimit([{ ...line, unitPrice: '0.09' }], '0', '5'), true);
  });

  it('does not let a dear line pay for a cheap one', () => {
    const dear = { ...line, unitPrice: '10' };

    assert.equal(exceedsDiscountLimit([dear, { ...line, unitPrice: '0.05' }], '0', '5'), true);
  });
});
