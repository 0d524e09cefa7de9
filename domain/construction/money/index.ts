export { compareDecimals, Decimal, rounded, type DecimalText } from '#platform/decimal.ts';
export { editableAmount, editableNumber, parseBrazilianNumber } from './text.ts';
export {
  documentTotals,
  effectiveDiscountPct,
  lineTotal,
  MAX_AMOUNT,
  netLineTotals,
  netUnitPrice,
  type PricedLine,
  type Totals,
} from './totals.ts';
