import type { DecimalText } from './decimal.ts';

const GROUPED = /^\d{1,3}(\.\d{3})+(,\d+)?$/;
const PLAIN = /^\d+([.,]\d+)?$/;

/**
 * Reads a number as a Brazilian types it: `"1.234,50"`, `"1234,5"`, `"R$ 32"`. A single dot that cannot group thousands
 * is a decimal point (`"32.5"`, from a numeric keypad). For forms only; JSON carries {@link DecimalText}. Undefined when
 * the text is not a number, or is negative.
 */
export function parseBrazilianNumber(text: string): DecimalText | undefined {
  const digits = text.replace(/^\s*R\$/, '').replaceAll(/\s/g, '');
  if (GROUPED.test(digits)) return digits.replaceAll('.', '').replace(',', '.');
  return PLAIN.test(digits) ? digits.replace(',', '.') : undefined;
}

const LOCALE = 'pt-BR';
const money = new Intl.NumberFormat(LOCALE, { style: 'currency', currency: 'BRL' });
const unitPrice = new Intl.NumberFormat(LOCALE, { style: 'currency', currency: 'BRL', maximumFractionDigits: 4 });
const number = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 4 });
const editableMoney = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 4 });

/** `"1234.5"` → `R$ 1.234,50`. Intl takes the text itself, so no float is in between. */
export const formatMoney = (amount: DecimalText): string => money.format(asNumeric(amount));

/** Like {@link formatMoney}, with up to 4 decimals when the price has them: `R$ 0,0375`. */
export const formatUnitPrice = (amount: DecimalText): string => unitPrice.format(asNumeric(amount));

/** `"10.000"` → `10`, `"2.320"` → `2,32`. For quantities and percentages. */
export const formatNumber = (value: DecimalText): string => number.format(asNumeric(value));

/** An amount as it stands in an input: `"1234.5000"` → `1.234,50`. {@link parseBrazilianNumber} reads it back. */
export const formatEditableMoney = (amount: DecimalText): string => editableMoney.format(asNumeric(amount));

/** TypeScript wants a literal type for numbers in text; ours come from numeric columns and checked input. */
function asNumeric(value: DecimalText): Intl.StringNumericLiteral {
  return value as Intl.StringNumericLiteral;
}
