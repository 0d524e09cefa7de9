import type { Quote, QuoteItem, QuoteStatus } from './types.ts';

export const QUOTE_COLUMNS = [
  'id', 'number', 'customer_id', 'salesperson_id', 'status', 'discount_pct', 'freight', 'subtotal', 'discount_total',
  'total', 'validity_days', 'valid_until', 'notes', 'announced_at', 'sent_at', 'approved_at', 'approved_by',
  'rejected_at', 'reject_reason', 'converted_at', 'cancelled_at', 'cancel_reason', 'created_at', 'updated_at', 'version',
] as const; // prettier-ignore

export type QuoteRow = {
  id: string;
  number: string;
  customer_id: string | null;
  salesperson_id: string;
  status: QuoteStatus;
  discount_pct: string;
  freight: string;
  subtotal: string;
  discount_total: string;
  total: string;
  validity_days: number;
  valid_until: string | null;
  notes: string | null;
  announced_at: Date | null;
  sent_at: Date | null;
  approved_at: Date | null;
  approved_by: string | null;
  rejected_at: Date | null;
  reject_reason: string | null;
  converted_at: Date | null;
  cancelled_at: Date | null;
  cancel_reason: string | null;
  created_at: Date;
  updated_at: Date;
  version: number;
};

export function toQuote(row: QuoteRow): Quote {
  return {
    id: row.id,
    number: row.number,
    customerId: row.customer_id,
    salespersonId: row.salesperson_id,
    status: row.status,
    discountPct: row.discount_pct,
    freight: row.freight,
    subtotal: row.subtotal,
    discountTotal: row.discount_total,
    total: row.total,
    validityDays: row.validity_days,
    validUntil: row.valid_until,
    notes: row.notes,
    announcedAt: row.announced_at,
    sentAt: row.sent_at,
    approvedAt: row.approved_at,
    approvedBy: row.approved_by,
    rejectedAt: row.rejected_at,
    rejectReason: row.reject_reason,
    convertedAt: row.converted_at,
    cancelledAt: row.cancelled_at,
    cancelReason: row.cancel_reason,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  };
}

export const ITEM_COLUMNS = [
  'id', 'position', 'product_id', 'description', 'unit', 'quantity', 'list_price', 'unit_price', 'discount_pct',
  'line_total',
] as const; // prettier-ignore

export type ItemRow = {
  id: string;
  position: number;
  product_id: string;
  description: string;
  unit: string;
  quantity: string;
  list_price: string;
  unit_price: string;
  discount_pct: string;
  line_total: string;
};

export function toItem(row: ItemRow): QuoteItem {
  return {
    id: row.id,
    position: row.position,
    productId: row.product_id,
    description: row.description,
    unit: row.unit,
    quantity: row.quantity,
    listPrice: row.list_price,
    unitPrice: row.unit_price,
    discountPct: row.discount_pct,
    lineTotal: row.line_total,
  };
}
