import { containing, withTenant } from '#platform/db/index.ts';
import { NotFound } from '#platform/errors.ts';
import type { Keyset } from '#platform/http/cursor.ts';
import { listDeliveriesOf, type Delivery } from '#domain/construction/deliveries/index.ts';
import type { DecimalText } from '#domain/construction/money/index.ts';
import { mayTouch, ownerFilter } from '#domain/construction/row-access/index.ts';
import { searchable } from '#domain/construction/search-text.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { findOrderOfQuote, listOrderItems } from './queries.ts';
import { ORDER_COLUMNS, toOrder, type OrderRow } from './rows.ts';
import type { Fulfilment, Order, OrderItem, OrderStatus } from './types.ts';

/** An order as a list shows it. */
export type OrderSummary = {
  id: string;
  number: string;
  status: OrderStatus;
  fulfilment: Fulfilment;
  customerName: string;
  salespersonName: string;
  total: DecimalText;
  createdAt: Date;
};

type OrderFilter = {
  /** Part of the number or of the customer's name. */
  q?: string | undefined;
  status?: OrderStatus | undefined;
  after?: Keyset | undefined;
  limit: number;
};

/** Orders this person may see, newest first, one more than `limit` when there are more. Keyset: `[createdAt, id]`. */
export async function listOrders(ctx: StoreContext, filter: OrderFilter): Promise<OrderSummary[]> {
  return withTenant(ctx, ctx.tenantId, async (tx) => {
    const query = ordersWithNames(tx)
      .orderBy([
        { column: 'o.created_at', order: 'desc' },
        { column: 'o.id', order: 'desc' },
      ])
      .limit(filter.limit + 1);
    const owner = ownerFilter(ctx, 'order.read');
    if (owner !== undefined) void query.where({ 'o.salesperson_id': owner });
    if (filter.after) void query.whereRaw('(o.created_at, o.id) < (?, ?)', [...filter.after]);
    if (filter.status !== undefined) void query.where({ 'o.status': filter.status });
    const wanted = searchable(filter.q ?? '');
    if (wanted !== '')
      void query.where((any) => {
        void any.whereRaw('lower(o.number) like ?', [containing(wanted)]);
        void any.orWhereRaw('c.name_search like ?', [containing(wanted)]);
      });
    const rows = await query.select<SummaryRow[]>(
      'o.id', 'o.number', 'o.status', 'o.fulfilment', 'o.total', 'o.created_at', 'c.name as customer_name',
      'u.name as salesperson_name',
    ); // prettier-ignore
    return rows.map(toSummary);
  });
}

/** Orders with the names of the people they belong to. */
function ordersWithNames({ db, tenantId }: StoreContext) {
  return db('construction.orders as o')
    .join('construction.customers as c', { 'c.tenant_id': 'o.tenant_id', 'c.id': 'o.customer_id' })
    .join('construction.users as u', { 'u.tenant_id': 'o.tenant_id', 'u.id': 'o.salesperson_id' })
    .where({ 'o.tenant_id': tenantId });
}

type SummaryRow = Pick<OrderRow, 'id' | 'number' | 'status' | 'fulfilment' | 'total' | 'created_at'> & {
  customer_name: string;
  salesperson_name: string;
};

function toSummary(row: SummaryRow): OrderSummary {
  return {
    id: row.id,
    number: row.number,
    status: row.status,
    fulfilment: row.fulfilment,
    customerName: row.customer_name,
    salespersonName: row.salesperson_name,
    total: row.total,
    createdAt: row.created_at,
  };
}

/** All that an order's page shows. */
export type OrderDetails = {
  order: Order;
  customer: { id: string; name: string; document: string | null; phone: string | null };
  salespersonName: string;
  quoteNumber: string | null;
  items: OrderItem[];
  deliveries: Delivery[];
};

/** An order this person may see, with what belongs to it. Throws NotFound. */
export async function getOrder(ctx: StoreContext, id: string): Promise<OrderDetails> {
  return withTenant(ctx, ctx.tenantId, async (tx) => {
    const row = await ordersWithNames(tx)
      .leftJoin('construction.quotes as q', { 'q.tenant_id': 'o.tenant_id', 'q.id': 'o.quote_id' })
      .where({ 'o.id': id })
      .first<DetailRow>([
        ...ORDER_COLUMNS.map((column) => `o.${column}`),
        'c.name as customer_name',
        'c.document as customer_document',
        'c.phone as customer_phone',
        'u.name as salesperson_name',
        'q.number as quote_number',
      ]);
    if (!row || !mayTouch(ctx, 'order.read', row.salesperson_id)) throw new NotFound();
    return {
      order: toOrder(row),
      customer: {
        id: row.customer_id,
        name: row.customer_name,
        document: row.customer_document,
        phone: row.customer_phone,
      },
      salespersonName: row.salesperson_name,
      quoteNumber: row.quote_number,
      items: await listOrderItems(tx, id),
      deliveries: await listDeliveriesOf(tx, id),
    };
  });
}

type DetailRow = OrderRow & {
  customer_name: string;
  customer_document: string | null;
  customer_phone: string | null;
  salesperson_name: string;
  quote_number: string | null;
};

/** The order that a quote became, if it did. */
export async function findOrderByQuote(ctx: StoreContext, quoteId: string): Promise<Order | undefined> {
  return withTenant(ctx, ctx.tenantId, (tx) => findOrderOfQuote(tx, quoteId));
}
