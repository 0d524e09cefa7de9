import type { Order, OrderDetails, OrderItem, OrderSummary } from '#domain/construction/orders/index.ts';

/** An order as the API shows it; amounts are decimal text. */
export function toResource(order: Order) {
  return {
    id: order.id,
    number: order.number,
    status: order.status,
    quote_id: order.quoteId,
    customer_id: order.customerId,
    salesperson_id: order.salespersonId,
    fulfilment: order.fulfilment,
    delivery_address: order.deliveryAddress,
    discount_pct: order.discountPct,
    freight: order.freight,
    subtotal: order.subtotal,
    discount_total: order.discountTotal,
    total: order.total,
    notes: order.notes,
    delivered_at: order.deliveredAt?.toISOString() ?? null,
    cancelled_at: order.cancelledAt?.toISOString() ?? null,
    cancel_reason: order.cancelReason,
    created_at: order.createdAt.toISOString(),
    updated_at: order.updatedAt.toISOString(),
    version: order.version,
  };
}

export function toDetailsResource({ order, items, deliveries }: OrderDetails) {
  return {
    ...toResource(order),
    items: items.map(toItemResource),
    deliveries: deliveries.map(({ id, number, status, finishedAt }) => ({
      id,
      number,
      status,
      finished_at: finishedAt?.toISOString() ?? null,
    })),
  };
}

function toItemResource(item: OrderItem) {
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
    net_total: item.netTotal,
  };
}

export function toSummaryResource(row: OrderSummary) {
  return {
    id: row.id,
    number: row.number,
    status: row.status,
    fulfilment: row.fulfilment,
    customer_name: row.customerName,
    salesperson_name: row.salespersonName,
    total: row.total,
    created_at: row.createdAt.toISOString(),
  };
}
