import { Decimal, rounded, type DecimalText } from '#platform/decimal.ts';

/** What a line's price is made of. `discountPct` is 0–100. */
export type PricedLine = { quantity: DecimalText; unitPrice: DecimalText; discountPct: DecimalText };

export type Totals = { subtotal: DecimalText; discountTotal: DecimalText; freight: DecimalText; total: DecimalText };

/** Largest amount a document can hold: numeric(14,2). */
export const MAX_AMOUNT = '999999999999.99';

/** `round2(quantity × unitPrice × (1 − discountPct / 100))`: one of the three places where money is rounded. */
export function lineTotal({ quantity, unitPrice, discountPct }: PricedLine): DecimalText {
  return rounded(new Decimal(quantity).times(unitPrice).times(remainingShare(discountPct)), 2);
}

/**
 * Totals of a quote or an order from its line totals. The header discount is rounded once, on the subtotal; freight is
 * not discounted.
 */
export function documentTotals(
  lineTotals: readonly DecimalText[],
  { discountPct, freight }: { discountPct: DecimalText; freight: DecimalText },
): Totals {
  const subtotal = lineTotals.reduce((sum, line) => sum.plus(line), new Decimal(0));
  const discountTotal = rounded(subtotal.times(discountPct).dividedBy(100), 2);
  return {
    subtotal: rounded(subtotal, 2),
    discountTotal,
    freight: rounded(freight, 2),
    total: rounded(subtotal.minus(discountTotal).plus(freight), 2),
  };
}

/**
 * Line totals less each line's share of the header discount, by largest remainder: they add up to
 * `subtotal − discountTotal` to the cent, and no line goes below zero. Equal remainders favour the earlier line.
 */
export function netLineTotals(lineTotals: readonly DecimalText[], discountTotal: DecimalText): DecimalText[] {
  const lines = lineTotals.map(toCents);
  const discount = toCents(discountTotal);
  const subtotal = lines.reduce((sum, line) => sum + line, 0n);
  if (subtotal === 0n) return lines.map(toAmount);
  const shares = lines.map((line) => (line * discount) / subtotal);
  const remainders = lines.map((line) => (line * discount) % subtotal);
  const leftOver = discount - shares.reduce((sum, share) => sum + share, 0n);
  const byRemainder = lines.map((_, index) => index).sort((a, b) => compareBigInts(remainders[b]!, remainders[a]!));
  for (const index of byRemainder.slice(0, Number(leftOver))) shares[index]! += 1n;
  return lines.map((line, index) => toAmount(line - shares[index]!));
}

/** Price of one unit after every discount, 4 decimals: what events and margins use. */
export function netUnitPrice(netTotal: DecimalText, quantity: DecimalText): DecimalText {
  return rounded(new Decimal(netTotal).dividedBy(quantity), 4);
}

/**
 * How far below its list price a line is sold, in percent, when its own discount and the document's both apply. Exact,
 * so that a discount of just the allowed limit is never over it by rounding. Zero when sold above list or listed free.
 */
export function effectiveDiscountPct(
  line: PricedLine & { listPrice: DecimalText },
  documentDiscountPct: DecimalText,
): DecimalText {
  if (new Decimal(line.listPrice).isZero()) return '0';
  const net = new Decimal(line.unitPrice)
    .times(remainingShare(line.discountPct))
    .times(remainingShare(documentDiscountPct));
  const pct = new Decimal(1).minus(net.dividedBy(line.listPrice)).times(100);
  return Decimal.max(0, pct).toString();
}

function remainingShare(discountPct: DecimalText): Decimal {
  return new Decimal(1).minus(new Decimal(discountPct).dividedBy(100));
}

function toCents(amount: DecimalText): bigint {
  return BigInt(new Decimal(amount).times(100).toFixed(0));
}

function toAmount(cents: bigint): DecimalText {
  return new Decimal(cents.toString()).dividedBy(100).toFixed(2);
}

function compareBigInts(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
