import { withTenant } from '#platform/db/index.ts';
import { InvalidInput } from '#platform/errors.ts';
import { recordStoreAudit } from '#domain/construction/audit/index.ts';
import { addDays, localDate } from '#domain/construction/calendar.ts';
import { requireBuyer } from '#domain/construction/customers/index.ts';
import { mayTouch, requireRow } from '#domain/construction/row-access/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import type { Permission } from '#domain/construction/users/index.ts';
import { lockVisibleQuote } from './drafts.ts';
import { publishQuoteEvent, publishQuoteStep, toEventItem } from './events.ts';
import { withNetTotals } from './lines.ts';
import { deepestDiscountPct, exceedsDiscountLimit, isQuoteStep, nextStatuses } from './policy.ts';
import { listItems, updateQuote } from './queries.ts';
import type { Quote, QuoteItem, QuoteStep } from './types.ts';

/** The store's day. */
export function today(ctx: Pick<StoreContext, 'clock' | 'store'>): string {
  return localDate(ctx.clock.now(), ctx.store.timezone);
}

/** The largest discount this person may give, in percent. */
export function discountLimitOf(ctx: StoreContext): string {
  return String(ctx.store.settings.maxDiscountPct[ctx.user.role] ?? 0);
}

/**
 * Offers the quote to the customer: from now on it cannot be changed, and its prices hold until the end of the last day
 * of its validity. Throws InvalidInput `quote_without_items`, `quote_without_customer`, `customer_inactive` or
 * `discount_above_limit`.
 */
export async function sendQuote(ctx: StoreContext, id: string): Promise<Quote> {
  return takeStep(ctx, id, 'sent', async (tx, quote) => {
    const items = await listItems(tx, id);
    await requireSendable(tx, quote, items);
    return { sentAt: tx.clock.now(), validUntil: addDays(today(tx), quote.validityDays) };
  });
}

/** Notes that the customer accepted. Throws Conflict `invalid_transition` when the offer is over. */
export async function approveQuote(ctx: StoreContext, id: string): Promise<Quote> {
  return takeStep(ctx, id, 'approved', async (tx) => ({
    approvedAt: tx.clock.now(),
    approvedBy: tx.user.id,
  }));
}

/** Notes that the customer declined. */
export async function rejectQuote(ctx: StoreContext, id: string, reason: string | null): Promise<Quote> {
  return takeStep(ctx, id, 'rejected', async (tx) => ({
    rejectedAt: tx.clock.now(),
    rejectReason: reason,
  }));
}

/** Withdraws a draft or an offer; its number is not used again. */
export async function cancelQuote(ctx: StoreContext, id: string, reason: string): Promise<Quote> {
  return takeStep(ctx, id, 'cancelled', async (tx) => ({
    cancelledAt: tx.clock.now(),
    cancelReason: reason,
  }));
}

const PERMISSIONS: Record<QuoteStep, Permission> = {
  sent: 'quote.create',
  approved: 'quote.approve',
  rejected: 'quote.approve',
  converted: 'order.create',
  cancelled: 'quote.create',
};

/** The states this person may bring the quote to today: what its buttons are drawn from. */
export function allowedQuoteSteps(ctx: StoreContext, quote: Quote): QuoteStep[] {
  return nextStatuses(today(ctx), quote).filter((to) => mayTouch(ctx, PERMISSIONS[to], quote.salespersonId));
}

/** An approved quote on its way to become an order: `isStep` is false when it is one already. */
export type ConvertibleQuote = {
  quote: Quote & { customerId: string };
  items: (QuoteItem & { netTotal: string })[];
  isStep: boolean;
};

/**
 * First half of a conversion: locks the quote, so that one of many converters goes first and the others find it converted.
 * Throws Conflict `invalid_transition` unless it is approved, still valid, or converted.
 */
export async function lockForConversion(tx: StoreContext, id: string): Promise<ConvertibleQuote> {
  const quote = await lockVisibleQuote(tx, id);
  requireRow(tx, 'order.create', quote.salespersonId);
  const isStep = isQuoteStep(today(tx), quote, 'converted');
  const items = withNetTotals(await listItems(tx, id), quote.discountTotal);
  // The table holds every approved or converted quote to having a customer.
  return { quote: { ...quote, customerId: quote.customerId! }, items, isStep };
}

/** Second half: marks the locked quote as having become `orderId`. */
export async function markConverted(
  tx: StoreContext,
  { quote, items }: ConvertibleQuote,
  orderId: string,
): Promise<void> {
  const convertedAt = tx.clock.now();
  const converted = await updateQuote(tx, quote, { status: 'converted', convertedAt });
  await recordStep(tx, quote, converted, { orderId });
  await publishQuoteEvent(tx, converted, 'quote_converted', {
    quote_id: quote.id,
    order_id: orderId,
    customer_id: quote.customerId,
    total: quote.total,
    converted_at: convertedAt.toISOString(),
    items: items.map(toEventItem),
  });
}

const EVENTS = { sent: 'quote_sent', approved: 'quote_approved', rejected: 'quote_rejected' } as const;

/** Lock, right, transition, change, audit, event: together. A quote that is there already is answered as it is. */
async function takeStep(
  ctx: StoreContext,
  id: string,
  to: QuoteStep,
  changesOf: (tx: StoreContext, quote: Quote) => Promise<Partial<Quote>>,
): Promise<Quote> {
  return withTenant(ctx, ctx.tenantId, async (tx) => {
    const before = await lockVisibleQuote(tx, id);
    requireRow(tx, PERMISSIONS[to], before.salespersonId);
    if (!isQuoteStep(today(tx), before, to)) return before;
    const quote = await updateQuote(tx, before, { ...(await changesOf(tx, before)), status: to });
    await recordStep(tx, before, quote, {});
    const event = EVENTS[to as keyof typeof EVENTS];
    if (event) await publishQuoteStep(tx, quote, event);
    return quote;
  });
}

async function recordStep(tx: StoreContext, before: Quote, after: Quote, more: Record<string, unknown>): Promise<void> {
  const reason = after.cancelReason ?? after.rejectReason;
  await recordStoreAudit(tx, {
    action: `quote.${after.status}`,
    entity: 'quote',
    entityId: after.id,
    before: { status: before.status },
    after: { status: after.status, ...(reason !== null && { reason }), ...more },
  });
}

async function requireSendable(tx: StoreContext, quote: Quote, items: readonly QuoteItem[]): Promise<void> {
  if (quote.customerId === null) throw new InvalidInput('quote_without_customer', 'Choose the customer first.');
  if (items.length === 0) throw new InvalidInput('quote_without_items', 'Add an item first.');
  await requireBuyer(tx, quote.customerId);
  const limitPct = discountLimitOf(tx);
  if (exceedsDiscountLimit(items, quote.discountPct, limitPct))
    throw new InvalidInput(
      'discount_above_limit',
      'The discount is above what your role may give. A manager can send it.',
      {
        members: { limit_pct: limitPct, discount_pct: deepestDiscountPct(items, quote.discountPct) },
      },
    );
}
