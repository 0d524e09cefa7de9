import type { Preview, QuoteDetails, QuoteItem, QuoteSummary } from '#domain/construction/quotes/index.ts';

/** A quote as the API shows it. `status` is the one that counts today; amounts are decimal text. */
export function toResource({ quote, status, items, salespersonName }: QuoteDetails) {
  return {
    id: quote.id,
    number: quote.number,
    status,
    customer_id: quote.customerId,
    salesperson: { id: quote.salespersonId, name: salespersonName },
    items: items.map(toItemResource),
    discount_pct: quote.discountPct,
    freight: quote.freight,
    subtotal: quote.subtotal,
    discount_total: quote.discountTotal,
    total: quote.total,
    validity_days: quote.validityDays,
    valid_until: quote.validUntil,
    notes: quote.notes,
    sent_at: quote.sentAt?.toISOString() ?? null,
    approved_at: quote.approvedAt?.toISOString() ?? null,
    rejected_at: quote.rejectedAt?.toISOString() ?? null,
    reject_reason: quote.rejectReason,
    converted_at: quote.convertedAt?.toISOString() ?? null,
    cancelled_at: quote.cancelledAt?.toISOString() ?? null,
    cancel_reason: quote.cancelReason,
    created_at: quote.createdAt.toISOString(),
    updated_at: quote.updatedAt.toISOString(),
    version: quote.version,
  };
}

function toItemResource(item: QuoteItem) {
  return {
    id: item.id,
    position: item.position,
    product_id: item.productId,
    description: item.description,
    unit: item.unit,
    quantity: item.quantity,
    list_price: item.listPrice,
    unit_price: item.unitPrice,
    discount_pct: item.discountPct,
    line_total: item.lineTotal,
  };
}

export function toSummaryResource(row: QuoteSummary) {
  return {
    id: row.id,
    number: row.number,
    status: row.status,
    customer_name: row.customerName,
    salesperson_name: row.salespersonName,
    total: row.total,
    valid_until: row.validUntil,
    created_at: row.createdAt.toISOString(),
  };
}

export function toPreviewResource({ lines, subtotal, discountTotal, freight, total }: Preview) {
  return {
    items: lines.map((line) => ({ line_total: line.lineTotal, net_total: line.netTotal })),
    subtotal,
    discount_total: discountTotal,
    freight,
    total,
  };
}
