export { compareDecimals, Decimal, rounded, type DecimalText } from './decimal.ts';
export { formatEditableMoney, formatMoney, formatNumber, formatUnitPrice, parseBrazilianNumber } from './text.ts';
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
