import { maskDocument } from '#domain/construction/customers/index.ts';
import { compareDecimals, editableAmount, editableNumber } from '#domain/construction/money/index.ts';
import { exceedsDiscountLimit, type QuoteDetails } from '#domain/construction/quotes/index.ts';
import type { View } from '#tenant-app/forms/refusal.ts';
import type { Unfinished } from './draw.ts';
import { presentStatus } from './presenter.ts';

type Options = { view: View; limitPct: string; isChoosing: boolean; unfinished: Unfinished };

/** The counter screen: everything of a draft in the words and figures that its inputs show. */
export function presentDraft(details: QuoteDetails, options: Options) {
  const { quote, items, customer } = details;
  const { view, limitPct, isChoosing } = options;
  const { t, format } = view;
  return {
    id: quote.id,
    number: quote.number,
    status: presentStatus('draft', view),
    version: quote.version,
    customer: customer && {
      name: customer.name,
      document: customer.document === null ? '' : maskDocument(customer.document),
      href: `/web/customers/${customer.id}`,
    },
    isChoosing,
    lines: items.map((item) => presentLine(item, options)),
    // The picker is drawn anew when a line was added, and kept, with what is typed in it, when not.
    pickerKey: items.length,
    terms: presentTerms(details, options),
    totals: {
      subtotal: format.money(quote.subtotal),
      discount: (compareDecimals(quote.discountTotal, '0') === 0 ? '' : '−') + format.money(quote.discountTotal),
      freight: format.money(quote.freight),
      total: format.money(quote.total),
    },
    aboveLimit: exceedsDiscountLimit(items, quote.discountPct, limitPct)
      ? t('quotes:above_limit', { limit: format.quantity(limitPct) })
      : undefined,
    lacks: lackOf(details, t),
    focus: focusOf(options, items.length),
    errors: options.unfinished.form === 'add' ? (options.unfinished.refusal?.errors ?? {}) : {},
  };
}

/** What the customer cannot be sent a quote without; undefined when it is all there. */
function lackOf({ customer, items }: QuoteDetails, t: View['t']): string | undefined {
  if (customer !== undefined) return items.length > 0 ? undefined : t('quotes:lacks_items');
  return items.length > 0 ? t('quotes:lacks_customer') : t('quotes:lacks_both');
}

/** Where the next key goes: the customer first, then one product after the other. */
function focusOf({ isChoosing, unfinished }: Options, lines: number): string {
  if (unfinished.focus) return unfinished.focus;
  if (unfinished.form !== undefined) return 'none';
  return isChoosing && lines === 0 ? 'customer' : 'quantity';
}

function presentLine(item: QuoteDetails['items'][number], { view: { t, format }, unfinished }: Options) {
  const isSent = unfinished.form === item.id && unfinished.refusal !== undefined;
  const seen = {
    quantity: editableNumber(item.quantity),
    unit_price: editableAmount(item.unitPrice),
    discount_pct: editableNumber(item.discountPct),
  };
  // After a conflict the line shows what is there, not what was typed.
  const isKept = isSent && unfinished.refusal?.status === 422;
  const shown = isKept ? { ...seen, ...unfinished.typed } : seen;
  return {
    id: item.id,
    description: item.description,
    unit: format.unit(item.unit),
    seen,
    shown,
    errors: isSent ? unfinished.refusal!.errors : {},
    total: format.money(item.lineTotal),
    priceChanged:
      compareDecimals(item.currentPrice, item.listPrice) === 0
        ? undefined
        : t('quotes:price_changed', { price: format.unitPrice(item.currentPrice) }),
    inputMode: item.decimals === 0 ? 'numeric' : 'decimal',
  };
}

function presentTerms({ quote }: QuoteDetails, { view: { t }, unfinished }: Options) {
  const seen = {
    discount_pct: editableNumber(quote.discountPct),
    freight: editableAmount(quote.freight),
    validity_days: String(quote.validityDays),
    notes: quote.notes ?? '',
  };
  const isKept = unfinished.form === 'terms' && unfinished.refusal?.status === 422;
  const shown: Record<string, unknown> = isKept ? { ...seen, ...unfinished.typed } : seen;
  const fields = (['discount_pct', 'freight', 'validity_days'] as const).map((name) => ({
    name,
    label: t(`quotes:${name}`),
    value: shown[name],
    error: isKept ? unfinished.refusal!.errors[name] : undefined,
    inputMode: name === 'validity_days' ? 'numeric' : 'decimal',
  }));
  return { fields, notes: shown.notes, seen };
}
