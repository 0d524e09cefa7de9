import type { TenantContext } from '#platform/context.ts';
import { newId } from '#platform/ids.ts';
import type { ConvertibleQuote } from '#domain/construction/quotes/index.ts';
import type { Address } from '#domain/construction/customers/index.ts';
import { ITEM_COLUMNS, ORDER_COLUMNS, toItem, toOrder, type ItemRow, type OrderRow } from './rows.ts';
import type { Fulfilment, Order, OrderItem, OrderStatus } from './types.ts';

const ORDERS = 'construction.orders';
const ITEMS = 'construction.order_items';

type NewOrder = {
  number: string;
  source: ConvertibleQuote;
  fulfilment: Fulfilment;
  deliveryAddress: Address | null;
};

/** Copies an approved quote into an order: prices as they were offered, whatever the products cost now. */
export async function insertOrder(
  { db, tenantId, clock }: TenantContext,
  { number, source, fulfilment, deliveryAddress }: NewOrder,
): Promise<Order> {
  const { quote } = source;
  const at = clock.now();
  const [row] = await db(ORDERS)
    .insert({
      tenant_id: tenantId,
      id: newId(),
      number,
      quote_id: quote.id,
      customer_id: quote.customerId,
      salesperson_id: quote.salespersonId,
      status: 'pending',
      fulfilment,
      delivery_address: deliveryAddress && JSON.stringify(deliveryAddress),
      discount_pct: quote.discountPct,
      freight: quote.freight,
      subtotal: quote.subtotal,
      discount_total: quote.discountTotal,
      total: quote.total,
      notes: quote.notes,
      created_at: at,
      updated_at: at,
    })
    .returning(ORDER_COLUMNS);
  return toOrder(row as OrderRow);
}

export async function insertOrderItems(
  { db, tenantId, clock }: TenantContext,
  orderId: string,
  items: ConvertibleQuote['items'],
): Promise<OrderItem[]> {
  const at = clock.now();
  const rows = await db(ITEMS)
    .insert(
      items.map((item, index) => ({
        tenant_id: tenantId,
        id: newId(),
        order_id: orderId,
        position: index + 1,
        product_id: item.productId,
        description: item.description,
        unit: item.unit,
        quantity: item.quantity,
        list_price: item.listPrice,
        unit_price: item.unitPrice,
        discount_pct: item.discountPct,
        line_total: item.lineTotal,
        net_total: item.netTotal,
        created_at: at,
      })),
    )
    .returning(ITEM_COLUMNS);
  return (rows as ItemRow[]).map(toItem);
}

export async function findOrderOfQuote({ db, tenantId }: TenantContext, quoteId: string): Promise<Order | undefined> {
  const row = await db(ORDERS).where({ tenant_id: tenantId, quote_id: quoteId }).first<OrderRow>(ORDER_COLUMNS);
  return row && toOrder(row);
}

export async function lockOrder({ db, tenantId }: TenantContext, id: string): Promise<Order | undefined> {
  const row = await db(ORDERS).where({ tenant_id: tenantId, id }).forUpdate().first<OrderRow>(ORDER_COLUMNS);
  return row && toOrder(row);
}

export async function listOrderItems({ db, tenantId }: TenantContext, orderId: string): Promise<OrderItem[]> {
  const rows = await db(ITEMS)
    .where({ tenant_id: tenantId, order_id: orderId })
    .orderBy('position')
    .select<ItemRow[]>(ITEM_COLUMNS);
  return rows.map(toItem);
}

const TIMESTAMPS: Partial<Record<OrderStatus, keyof OrderRow>> = {
  preparing: 'preparing_at',
  ready: 'ready_at',
  out_for_delivery: 'out_for_delivery_at',
  delivered: 'delivered_at',
  cancelled: 'cancelled_at',
};

export async function updateOrderStatus(
  { db, tenantId, clock }: TenantContext,
  { id, version }: Order,
  { status, cancelReason }: { status: OrderStatus; cancelReason: string | null },
): Promise<Order> {
  const at = clock.now();
  const reached = TIMESTAMPS[status];
  const [row] = await db(ORDERS)
    .where({ tenant_id: tenantId, id })
    .update({
      status,
      ...(reached && { [reached]: at }),
      ...(cancelReason !== null && { cancel_reason: cancelReason }),
      updated_at: at,
      version: version + 1,
    })
    .returning(ORDER_COLUMNS);
  return toOrder(row as OrderRow);
}
