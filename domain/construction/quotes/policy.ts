import { InvalidInput } from '#platform/errors.ts';
import { compareDecimals, Decimal, effectiveDiscountPct, type DecimalText } from '#domain/construction/money/index.ts';
import { isStep, type Transitions } from '#domain/construction/transitions.ts';
import type { Quote, QuoteItem, QuoteStatus, QuoteStep } from './types.ts';

/** Which states follow which. A draft may be changed; everything after it is what the customer was offered. */
const QUOTE_TRANSITIONS: Transitions<QuoteStatus> = {
  draft: ['sent', 'cancelled'],
  sent: ['approved', 'rejected', 'expired', 'cancelled'],
  approved: ['converted', 'expired', 'cancelled'],
  rejected: [],
  expired: [],
  converted: [],
  cancelled: [],
};

type Dated = Pick<Quote, 'status' | 'validUntil'>;

/** The state that counts on the store's day `today`: an offer whose last day is past has expired, noted or not. */
export function statusOn(today: string, { status, validUntil }: Dated): QuoteStatus {
  const isOpenOffer = status === 'sent' || status === 'approved';
  return isOpenOffer && validUntil !== null && validUntil < today ? 'expired' : status;
}

/** True when `quote` may go to `to` on that day, false when it is there already. Throws Conflict `invalid_transition`. */
export function isQuoteStep(today: string, quote: Dated, to: QuoteStatus): boolean {
  if (quote.status === to) return false;
  return isStep(QUOTE_TRANSITIONS, statusOn(today, quote), to);
}

/** The states a person could bring the quote to on that day; buttons are drawn from it. */
export function nextStatuses(today: string, quote: Dated): QuoteStep[] {
  return QUOTE_TRANSITIONS[statusOn(today, quote)].filter((status) => status !== 'expired' && status !== 'draft');
}

type PricedItem = Pick<QuoteItem, 'quantity' | 'listPrice' | 'unitPrice' | 'discountPct'>;

/** The deepest discount of any line, in percent of its list price, the document's own discount included. */
export function deepestDiscountPct(items: readonly PricedItem[], documentDiscountPct: DecimalText): DecimalText {
  return Decimal.max(0, ...items.map((item) => effectiveDiscountPct(item, documentDiscountPct))).toString();
}

/** True when some line is sold cheaper than `limitPct` below its list price. A price typed by hand counts as a discount. */
export function exceedsDiscountLimit(
  items: readonly PricedItem[],
  documentDiscountPct: DecimalText,
  limitPct: DecimalText,
): boolean {
  return compareDecimals(deepestDiscountPct(items, documentDiscountPct), limitPct) > 0;
}

const MAX_QUANTITY = '9999999.999';

/** Throws InvalidInput when the quantity is not one that goods of this unit can have. */
export function requireQuantity(quantity: DecimalText, unit: { code: string; decimals: number }): void {
  const value = new Decimal(quantity);
  if (value.lte(0) || value.gt(MAX_QUANTITY))
    refuse('bad_quantity', 'The quantity must be above zero and below ten million.');
  if (value.decimalPlaces() > unit.decimals)
    refuse(
      unit.decimals === 0 ? 'whole_quantity' : 'quantity_decimals',
      unit.decimals === 0 ? `${unit.code} is sold whole.` : `${unit.code} has at most ${unit.decimals} decimals.`,
    );
}

function refuse(code: string, message: string): never {
  throw new InvalidInput(code, message, { fields: [{ path: 'quantity', code, message }] });
}
