import type { Address } from '#domain/construction/customers/index.ts';
import type { Fulfilment, Order, OrderItem, OrderStatus } from './types.ts';

export const ORDER_COLUMNS = [
  'id', 'number', 'quote_id', 'customer_id', 'salesperson_id', 'status', 'fulfilment', 'delivery_address',
  'discount_pct', 'freight', 'subtotal', 'discount_total', 'total', 'notes', 'preparing_at', 'ready_at',
  'out_for_delivery_at', 'delivered_at', 'cancelled_at', 'cancel_reason', 'created_at', 'updated_at', 'version',
] as const; // prettier-ignore

export type OrderRow = {
  id: string;
  number: string;
  quote_id: string | null;
  customer_id: string;
  salesperson_id: string;
  status: OrderStatus;
  fulfilment: Fulfilment;
  delivery_address: Address | null;
  discount_pct: string;
  freight: string;
  subtotal: string;
  discount_total: string;
  total: string;
  notes: string | null;
  preparing_at: Date | null;
  ready_at: Date | null;
  out_for_delivery_at: Date | null;
  delivered_at: Date | null;
  cancelled_at: Date | null;
  cancel_reason: string | null;
  created_at: Date;
  updated_at: Date;
  version: number;
};

export function toOrder(row: OrderRow): Order {
  return {
    id: row.id,
    number: row.number,
    quoteId: row.quote_id,
    customerId: row.customer_id,
    salespersonId: row.salesperson_id,
    status: row.status,
    fulfilment: row.fulfilment,
    deliveryAddress: row.delivery_address,
    discountPct: row.discount_pct,
    freight: row.freight,
    subtotal: row.subtotal,
    discountTotal: row.discount_total,
    total: row.total,
    notes: row.notes,
    preparingAt: row.preparing_at,
    readyAt: row.ready_at,
    outForDeliveryAt: row.out_for_delivery_at,
    deliveredAt: row.delivered_at,
    cancelledAt: row.cancelled_at,
    cancelReason: row.cancel_reason,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  };
}

export const ITEM_COLUMNS = [
  'id', 'position', 'product_id', 'description', 'unit', 'quantity', 'list_price', 'unit_price', 'discount_pct',
  'line_total', 'net_total',
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
  net_total: string;
};

export function toItem(row: ItemRow): OrderItem {
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
    netTotal: row.net_total,
  };
}
