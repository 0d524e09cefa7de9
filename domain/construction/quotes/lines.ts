import { InvalidInput } from '#platform/errors.ts';
import {
  compareDecimals,
  documentTotals,
  lineTotal,
  MAX_AMOUNT,
  netLineTotals,
  type DecimalText,
  type Totals,
} from '#domain/construction/money/index.ts';
import { requireSellable, requireUnit } from '#domain/construction/products/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { requireQuantity } from './policy.ts';
import type { ItemChanges, ItemInput, QuoteItem } from './types.ts';

/** A line that has no place in a document yet. */
export type NewItem = Omit<QuoteItem, 'id' | 'position'>;

/** Prices one line of a draft from its product. Throws InvalidInput naming the field that is wrong. */
export async function priceItem(tx: StoreContext, input: ItemInput): Promise<NewItem> {
  const product = await requireSellable(tx, input.productId);
  requireQuantity(input.quantity, await requireUnit(tx, product.unit));
  const priced = {
    quantity: input.quantity,
    unitPrice: input.unitPrice ?? product.basePrice,
    discountPct: input.discountPct ?? '0',
  };
  return {
    productId: product.id,
    description: product.name,
    unit: product.unit,
    listPrice: product.basePrice,
    ...priced,
    lineTotal: withinRange(lineTotal(priced)),
  };
}

/** The line after a change; its product, name and list price stay. */
export async function repriceItem(tx: StoreContext, item: QuoteItem, changes: ItemChanges): Promise<QuoteItem> {
  const priced = {
    quantity: changes.quantity ?? item.quantity,
    unitPrice: changes.unitPrice ?? item.unitPrice,
    discountPct: changes.discountPct ?? item.discountPct,
  };
  requireQuantity(priced.quantity, await requireUnit(tx, item.unit));
  return { ...item, ...priced, lineTotal: withinRange(lineTotal(priced)) };
}

type Head = { discountPct: DecimalText; freight: DecimalText };

/** Totals of a quote from its lines. Throws InvalidInput `amount_too_large` beyond what a document can hold. */
export function totalsOf(items: readonly Pick<QuoteItem, 'lineTotal'>[], head: Head): Totals {
  const totals = documentTotals(
    items.map((item) => item.lineTotal),
    head,
  );
  withinRange(totals.subtotal);
  withinRange(totals.total);
  return totals;
}

/** Each line with its total after its share of the document's discount. */
export function withNetTotals<I extends Pick<QuoteItem, 'lineTotal'>>(
  items: readonly I[],
  discountTotal: DecimalText,
): (I & { netTotal: DecimalText })[] {
  const net = netLineTotals(
    items.map((item) => item.lineTotal),
    discountTotal,
  );
  return items.map((item, index) => ({ ...item, netTotal: net[index]! }));
}

function withinRange(amount: DecimalText): DecimalText {
  if (compareDecimals(amount, MAX_AMOUNT) <= 0) return amount;
  const message = 'The amount is larger than a document can hold.';
  throw new InvalidInput('amount_too_large', message, {
    fields: [{ path: 'quantity', code: 'amount_too_large', message }],
  });
}
