import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  isCnpj,
  isCpf,
  maskCep,
  maskDocument,
  maskPhone,
  readCep,
  readPhone,
  unmaskDocument,
} from '#domain/construction/customers/index.ts';

describe('Brazilian documents', () => {
  it('accepts a CPF whose check digits are right, with its mask taken off', () => {
    assert.ok(isCpf(unmaskDocument('529.982.247-25')));
    assert.ok(isCpf('11144477735'));
  });

  it('refuses a CPF with a wrong digit, of repeated digits, or of another length', () => {
    for (const cpf of ['52998224726', '11111111111', '5299822472', '529982247255', 'ABC98224725', ''])
      assert.equal(isCpf(cpf), false, cpf);
  });

  it('accepts a CNPJ of digits and one of letters and digits', () => {
    assert.ok(isCnpj(unmaskDocument('11.222.333/0001-81')));
    assert.ok(isCnpj(unmaskDocument('12.abc.345/01de-35')));
  });

  it('refuses a CNPJ with wrong check digits, with letters in them, or of one repeated character', () => {
    for (const cnpj of ['12ABC34501DE36', '11222333000182', '12ABC34501DEAB', '00000000000000', '1122233300018'])
      assert.equal(isCnpj(cnpj), false, cnpj);
  });

  it('notices any single digit of a CPF that was typed wrong', () => {
    const position = fc.integer({ min: 0, max: 10 });
    fc.assert(
      fc.property(position, fc.integer({ min: 1, max: 9 }), (at, by) => {
        const digits = Array.from('52998224725');
        digits[at] = String((Number(digits[at]) + by) % 10);

        assert.equal(isCpf(digits.join('')), false);
      }),
    );
  });

  it('puts the mask back', () => {
    assert.equal(maskDocument('52998224725'), '529.982.247-25');
    assert.equal(maskDocument('12ABC34501DE35'), '12.ABC.345/01DE-35');
  });
});

describe('contact details', () => {
  it('reads a CEP with and without its hyphen, and nothing else', () => {
    assert.equal(readCep('01310-100'), '01310100');
    assert.equal(readCep('01310100'), '01310100');
    assert.equal(readCep('1310-100'), undefined);
    assert.equal(maskCep('01310100'), '01310-100');
  });

  it('reads Brazilian phones as people write them', () => {
    for (const text of ['(11) 98765-4321', '11987654321', '+55 11 98765-4321', '011 98765 4321'])
      assert.equal(readPhone(text), '+5511987654321', text);
    assert.equal(readPhone('(11) 3456-7890'), '+551134567890');
    assert.equal(readPhone('+1 415 555 2671'), '+14155552671');
    for (const text of ['98765-4321', '(01) 98765-4321', '11 8765432', 'ligar depois'])
      assert.equal(readPhone(text), undefined, text);
    assert.equal(maskPhone('+5511987654321'), '(11) 98765-4321');
  });
});
