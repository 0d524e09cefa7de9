import assert from 'node:assert/strict';
import { editableAmount, editableNumber } from '#domain/construction/money/index.ts';
import { LOCALES } from '#platform/http/i18n.ts';
import { createFormats } from '#tenant-app/formats.ts';

describe('the numbers of a store', () => {
  for (const locale of LOCALES)
    it(`read beside a field as they stand in it: ${locale}`, () => {
      const format = createFormats({ locale, timezone: 'America/Sao_Paulo', currency: 'BRL' });

      assert.equal(format.money('1234567.89'), `R$\u00A0${editableAmount('1234567.89')}`);
      assert.equal(format.unitPrice('0.0375'), `R$\u00A0${editableAmount('0.0375')}`);
      assert.equal(format.quantity('1002.320'), editableNumber('1002.320'));
      assert.equal(format.count(12_345), '12.345');
    });
});
