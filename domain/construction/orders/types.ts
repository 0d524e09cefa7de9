import type { Address } from '#domain/construction/customers/index.ts';
import type { DecimalText, Totals } from '#domain/construction/money/index.ts';

export const ORDER_STATUSES = ['pending', 'preparing', 'ready', 'out_for_delivery', 'delivered', 'cancelled'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export const FULFILMENTS = ['pickup', 'delivery'] as const;
export type Fulfilment = (typeof FULFILMENTS)[number];

/** A confirmed sale. Its lines and prices never change. */
export type Order = Totals & {
  id: string;
  number: string;
  quoteId: string | null;
  customerId: string;
  salespersonId: string;
  status: OrderStatus;
  fulfilment: Fulfilment;
  deliveryAddress: Address | null;
  discountPct: DecimalText;
  notes: string | null;
  preparingAt: Date | null;
  readyAt: Date | null;
  outForDeliveryAt: Date | null;
  deliveredAt: Date | null;
  cancelledAt: Date | null;
  cancelReason: string | null;
  createdAt: Date;
  updatedAt: Date;
  version: number;
};

export type OrderItem = {
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
  /** After the line's share of the order's discount. */
  netTotal: DecimalText;
};
