import type { DecimalText } from '#platform/decimal.ts';

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

let formats: { amount: Intl.NumberFormat; number: Intl.NumberFormat } | undefined;

/** Made at their first use: a formatter brings ICU's tables, 7 MB resident, into processes that never show a form. */
function editable() {
  formats ??= {
    amount: new Intl.NumberFormat('pt-BR', { minimumFractionDigits: 2, maximumFractionDigits: 4 }),
    number: new Intl.NumberFormat('pt-BR', { maximumFractionDigits: 4 }),
  };
  return formats;
}

/** An amount as it stands in an input: `"1234.5000"` → `1.234,50`. {@link parseBrazilianNumber} reads it back. */
export const editableAmount = (amount: DecimalText): string => editable().amount.format(asNumeric(amount));

/** A quantity or a percentage as it stands in an input: `"10.000"` → `10`, `"2.320"` → `2,32`. */
export const editableNumber = (value: DecimalText): string => editable().number.format(asNumeric(value));

/** TypeScript wants a literal type for numbers in text; ours come from numeric columns and checked input. */
function asNumeric(value: DecimalText): Intl.StringNumericLiteral {
  return value as Intl.StringNumericLiteral;
}
