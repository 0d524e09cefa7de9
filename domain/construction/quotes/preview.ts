import { lineTotal, type DecimalText, type PricedLine, type Totals } from '#domain/construction/money/index.ts';
import { totalsOf, withNetTotals } from './lines.ts';

export type Preview = Totals & { lines: { lineTotal: DecimalText; netTotal: DecimalText }[] };

/** Reckons what a quote would come to; writes nothing. Throws InvalidInput `amount_too_large`. */
export function previewQuote(
  lines: readonly PricedLine[],
  head: { discountPct: DecimalText; freight: DecimalText },
): Preview {
  const priced = lines.map((line) => ({ lineTotal: lineTotal(line) }));
  const totals = totalsOf(priced, head);
  return { ...totals, lines: withNetTotals(priced, totals.discountTotal) };
}
