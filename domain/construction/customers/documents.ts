export type CustomerKind = 'PF' | 'PJ';

/** A document without its mask, upper case: `"12.abc.345/01de-35"` → `"12ABC34501DE35"`. */
export function unmaskDocument(text: string): string {
  return text.replaceAll(/[\s./-]/g, '').toUpperCase();
}

/** True for eleven digits whose two check digits are right. Repeated digits pass the sums and are nobody's. */
export function isCpf(digits: string): boolean {
  if (!/^\d{11}$/.test(digits) || /^(\d)\1{10}$/.test(digits)) return false;
  const checkDigit = (length: number) => {
    let sum = 0;
    for (let i = 0; i < length; i += 1) sum += Number(digits[i]) * (length + 1 - i);
    return ((sum * 10) % 11) % 10;
  };
  return checkDigit(9) === Number(digits[9]) && checkDigit(10) === Number(digits[10]);
}

const ZERO = '0'.charCodeAt(0);

/**
 * True for a CNPJ of digits or, as issued from July 2026, of letters and digits. A character counts as its ASCII code
 * less 48; weights run 2–9 from the right (Receita Federal, Nota Técnica COCAD 49/2024).
 */
export function isCnpj(text: string): boolean {
  if (!/^[0-9A-Z]{12}\d{2}$/.test(text) || /^(.)\1{13}$/.test(text)) return false;
  const checkDigit = (length: number) => {
    let sum = 0;
    for (let i = 0; i < length; i += 1) sum += (text.charCodeAt(i) - ZERO) * (((length - 1 - i) % 8) + 2);
    const remainder = sum % 11;
    return remainder < 2 ? 0 : 11 - remainder;
  };
  return checkDigit(12) === Number(text[12]) && checkDigit(13) === Number(text[13]);
}

/**
 * Why an unmasked document cannot be that of a customer of this kind; undefined when it can. A right document of the other
 * kind is a wrong choice of the kind, which is easier to mend than the digits.
 */
export function documentProblem(kind: CustomerKind, document: string): { code: string; message: string } | undefined {
  if (kind === 'PF' ? isCpf(document) : isCnpj(document)) return undefined;
  if (kind === 'PF')
    return isCnpj(document)
      ? { code: 'cnpj_of_person', message: 'This is a CNPJ, which only a company has: choose the other kind.' }
      : { code: 'bad_cpf', message: 'This is not a CPF: its check digits are wrong.' };
  return isCpf(document)
    ? { code: 'cpf_of_company', message: 'This is a CPF, which only a person has: choose the other kind.' }
    : { code: 'bad_cnpj', message: 'This is not a CNPJ: its check digits are wrong.' };
}

/** `"52998224725"` → `529.982.247-25`; a CNPJ → `12.ABC.345/01DE-35`. */
export function maskDocument(document: string): string {
  return document.length === 11
    ? document.replace(/^(.{3})(.{3})(.{3})(.{2})$/, '$1.$2.$3-$4')
    : document.replace(/^(.{2})(.{3})(.{3})(.{4})(.{2})$/, '$1.$2.$3/$4-$5');
}
