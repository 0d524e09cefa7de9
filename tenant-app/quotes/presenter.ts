import type { CartSuggestion } from '#domain/construction/insights/index.ts';
import { Decimal } from '#domain/construction/money/index.ts';
import { maskDocument, type CustomerSummary } from '#domain/construction/customers/index.ts';
import type { ProductSummary } from '#domain/construction/products/index.ts';
import type { QuoteStatus, QuoteSummary } from '#domain/construction/quotes/index.ts';
import type { View } from '#tenant-app/forms/refusal.ts';

const TONES: Record<QuoteStatus, string> = {
  draft: 'secondary',
  sent: 'azure',
  approved: 'green',
  rejected: 'red',
  expired: 'orange',
  converted: 'green',
  cancelled: 'secondary',
};

/** A state as word and colour; the word alone says it. */
export function presentStatus(status: QuoteStatus, { t }: View) {
  return { word: t(`quotes:status_${status}`), tone: TONES[status] };
}

export function presentRow(row: QuoteSummary, view: View) {
  return {
    href: `/web/quotes/${row.id}`,
    number: row.number,
    customer: row.customerName ?? view.t('sales:no_customer'),
    status: presentStatus(row.status, view),
    total: view.format.money(row.total),
    at: view.format.dateTime(row.createdAt),
    isoAt: row.createdAt.toISOString(),
  };
}

export function presentCustomerResult(row: CustomerSummary) {
  return {
    id: row.id,
    name: row.name,
    note: [row.document && maskDocument(row.document), row.city].filter(Boolean).join(' · '),
  };
}

/** `reason` has the numbers behind it. */
export function presentSuggestion(row: CartSuggestion, view: View) {
  const { format, t } = view;
  const share = format.quantity(new Decimal(row.confidence).mul(100).round().toString());
  return { ...presentProductResult(row, view), note: t('quotes:suggestion_share', { share }), reason: row.explanation };
}

export function presentProductResult(row: Omit<ProductSummary, 'nameSearch' | 'active'>, { format }: View) {
  return {
    id: row.id,
    name: row.name,
    note: row.code ?? '',
    price: format.unitPrice(row.basePrice),
    unit: format.unit(row.unit),
  };
}
