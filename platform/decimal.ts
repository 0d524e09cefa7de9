import { Decimal as DecimalJs } from 'decimal.js';

/**
 * Our own decimal type, so that no other use of the library can change how we round: half away from zero, the same as
 * PostgreSQL's `round(numeric)`. 40 digits hold any quantity times any price times any percentage exactly.
 */
export const Decimal = DecimalJs.clone({
  precision: 40,
  rounding: DecimalJs.ROUND_HALF_UP,
  toExpNeg: -40,
  toExpPos: 40,
});
export type Decimal = DecimalJs;

/** A decimal number as text, like `"1234.50"`: what PostgreSQL's numeric, our JSON and our events hold. Never a float. */
export type DecimalText = string;

/** Rounds to `places` decimals, half away from zero, and always writes that many: `"0.125"` → `"0.13"`. */
export function rounded(value: Decimal | DecimalText, places: number): DecimalText {
  return new Decimal(value).toFixed(places);
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`; `"1.50"` equals `"1.5"`. */
export function compareDecimals(a: DecimalText, b: DecimalText): number {
  return new Decimal(a).comparedTo(b);
}
