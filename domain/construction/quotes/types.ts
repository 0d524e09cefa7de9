import type { DecimalText, Totals } from '#domain/construction/money/index.ts';

export const QUOTE_STATUSES = ['draft', 'sent', 'approved', 'rejected', 'expired', 'converted', 'cancelled'] as const;
export type QuoteStatus = (typeof QUOTE_STATUSES)[number];

/** What a person can bring a quote to; drafts begin and offers expire by themselves. */
export type QuoteStep = Exclude<QuoteStatus, 'draft' | 'expired'>;

export type Quote = Totals & {
  id: string;
  number: string;
  /** Only a draft may be without. */
  customerId: string | null;
  salespersonId: string;
  status: QuoteStatus;
  discountPct: DecimalText;
  validityDays: number;
  /** The last day on which the prices hold, `YYYY-MM-DD` in the store's zone. Set when the quote is sent. */
  validUntil: string | null;
  notes: string | null;
  /** When quote_created was published, which is once per quote. */
  announcedAt: Date | null;
  sentAt: Date | null;
  approvedAt: Date | null;
  approvedBy: string | null;
  rejectedAt: Date | null;
  rejectReason: string | null;
  convertedAt: Date | null;
  cancelledAt: Date | null;
  cancelReason: string | null;
  createdAt: Date;
  updatedAt: Date;
  version: number;
};

/** A line. Name, unit and list price are those of the product when the line was written. */
export type QuoteItem = {
  id: string;
  position: number;
  productId: string;
  description: string;
  unit: string;
  quantity: DecimalText;
  listPrice: DecimalText;
  unitPrice: DecimalText;
  discountPct: DecimalText;
  lineTotal: DecimalText;
};

/** What a person may write in the head of a draft. */
export type DraftInput = {
  customerId: string | null;
  discountPct: DecimalText;
  freight: DecimalText;
  validityDays: number;
  notes: string | null;
};

/** What a person may write in a line: the price is the product's unless they say another. */
export type ItemInput = {
  productId: string;
  quantity: DecimalText;
  unitPrice?: DecimalText | undefined;
  discountPct?: DecimalText | undefined;
};

export type ItemChanges = {
  quantity?: DecimalText | undefined;
  unitPrice?: DecimalText | undefined;
  discountPct?: DecimalText | undefined;
};
