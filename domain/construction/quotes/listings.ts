import type { Knex } from 'knex';
import { containing, withTenant } from '#platform/db/index.ts';
import { NotFound } from '#platform/errors.ts';
import type { Keyset } from '#platform/http/cursor.ts';
import { isDeliverable } from '#domain/construction/customers/index.ts';
import type { DecimalText } from '#domain/construction/money/index.ts';
import { mayTouch, ownerFilter } from '#domain/construction/row-access/index.ts';
import { searchable } from '#domain/construction/search-text.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { today } from './lifecycle.ts';
import { statusOn } from './policy.ts';
import { ITEM_COLUMNS, QUOTE_COLUMNS, toItem, toQuote, type ItemRow, type QuoteRow } from './rows.ts';
import type { Quote, QuoteItem, QuoteStatus } from './types.ts';

/** A quote as a list shows it. `status` is the one that counts today. */
export type QuoteSummary = {
  id: string;
  number: string;
  status: QuoteStatus;
  customerName: string | null;
  salespersonName: string;
  total: DecimalText;
  validUntil: string | null;
  createdAt: Date;
};

type QuoteFilter = {
  /** Part of the number or of the customer's name. */
  q?: string | undefined;
  status?: QuoteStatus | undefined;
  after?: Keyset | undefined;
  limit: number;
};

/** Quotes this person may see, newest first, one more than `limit` when there are more. Keyset: `[createdAt, id]`. */
export async function listQuotes(ctx: StoreContext, filter: QuoteFilter): Promise<QuoteSummary[]> {
  return withTenant(ctx, ctx.tenantId, async ({ db, tenantId }) => {
    const query = db('construction.quotes as q')
      .leftJoin('construction.customers as c', { 'c.tenant_id': 'q.tenant_id', 'c.id': 'q.customer_id' })
      .join('construction.users as u', { 'u.tenant_id': 'q.tenant_id', 'u.id': 'q.salesperson_id' })
      .where({ 'q.tenant_id': tenantId })
      .orderBy([
        { column: 'q.created_at', order: 'desc' },
        { column: 'q.id', order: 'desc' },
      ])
      .limit(filter.limit + 1);
    const owner = ownerFilter(ctx, 'quote.read');
    if (owner !== undefined) void query.where({ 'q.salesperson_id': owner });
    if (filter.after) void query.whereRaw('(q.created_at, q.id) < (?, ?)', [...filter.after]);
    if (filter.status !== undefined) void query.where(statusIs(filter.status, today(ctx)));
    const wanted = searchable(filter.q ?? '');
    if (wanted !== '')
      void query.where((any) => {
        void any.whereRaw('lower(q.number) like ?', [containing(wanted)]);
        void any.orWhereRaw('c.name_search like ?', [containing(wanted)]);
      });
    const rows = await query.select<SummaryRow[]>(
      'q.id', 'q.number', 'q.status', 'q.total', 'q.valid_until', 'q.created_at', 'c.name as customer_name',
      'u.name as salesperson_name',
    ); // prettier-ignore
    return rows.map((row) => toSummary(row, today(ctx)));
  });
}

/** The same law as `statusOn` in policy.ts, said so that the index on the state can answer it. */
function statusIs(status: QuoteStatus, day: string): Knex.QueryCallback {
  return (query) => {
    if (status === 'sent' || status === 'approved')
      void query.where({ 'q.status': status }).where('q.valid_until', '>=', day);
    else if (status === 'expired')
      void query
        .where({ 'q.status': 'expired' })
        .orWhere((open) => void open.whereIn('q.status', ['sent', 'approved']).where('q.valid_until', '<', day));
    else void query.where({ 'q.status': status });
  };
}

type SummaryRow = Pick<QuoteRow, 'id' | 'number' | 'status' | 'total' | 'valid_until' | 'created_at'> & {
  customer_name: string | null;
  salesperson_name: string;
};

function toSummary(row: SummaryRow, day: string): QuoteSummary {
  return {
    id: row.id,
    number: row.number,
    status: statusOn(day, { status: row.status, validUntil: row.valid_until }),
    customerName: row.customer_name,
    salespersonName: row.salesperson_name,
    total: row.total,
    validUntil: row.valid_until,
    createdAt: row.created_at,
  };
}

/** All that a quote's page shows. `decimals` is the unit's; `currentPrice` the product's price now. */
export type QuoteDetails = {
  quote: Quote;
  status: QuoteStatus;
  customer: { id: string; name: string; document: string | null; isDeliverable: boolean } | undefined;
  salespersonName: string;
  items: (QuoteItem & { decimals: number; currentPrice: DecimalText })[];
};

/** A quote this person may see, with what belongs to it. Throws NotFound. */
export async function getQuote(ctx: StoreContext, id: string): Promise<QuoteDetails> {
  return withTenant(ctx, ctx.tenantId, async ({ db, tenantId }) => {
    const row = await db('construction.quotes as q')
      .leftJoin('construction.customers as c', { 'c.tenant_id': 'q.tenant_id', 'c.id': 'q.customer_id' })
      .join('construction.users as u', { 'u.tenant_id': 'q.tenant_id', 'u.id': 'q.salesperson_id' })
      .where({ 'q.tenant_id': tenantId, 'q.id': id })
      .first<DetailRow>([
        ...QUOTE_COLUMNS.map((column) => `q.${column}`),
        'c.name as customer_name',
        'c.document as customer_document',
        'c.street as customer_street',
        'c.city as customer_city',
        'u.name as salesperson_name',
      ]);
    if (!row || !mayTouch(ctx, 'quote.read', row.salesperson_id)) throw new NotFound();
    const itemRows = await db('construction.quote_items as i')
      .join('construction.products as p', { 'p.tenant_id': 'i.tenant_id', 'p.id': 'i.product_id' })
      .join('construction.units as un', { 'un.code': 'i.unit' })
      .where({ 'i.tenant_id': tenantId, 'i.quote_id': id })
      .orderBy('i.position')
      .select<DetailItemRow[]>([...ITEM_COLUMNS.map((column) => `i.${column}`), 'un.decimals', 'p.base_price']);
    return toDetails(row, itemRows, today(ctx));
  });
}

type DetailRow = QuoteRow & {
  customer_name: string | null;
  customer_document: string | null;
  customer_street: string | null;
  customer_city: string | null;
  salesperson_name: string;
};
type DetailItemRow = ItemRow & { decimals: number; base_price: string };

function toDetails(row: DetailRow, itemRows: DetailItemRow[], day: string): QuoteDetails {
  const quote = toQuote(row);
  return {
    quote,
    status: statusOn(day, quote),
    customer:
      quote.customerId === null
        ? undefined
        : {
            id: quote.customerId,
            name: row.customer_name!,
            document: row.customer_document,
            isDeliverable: isDeliverable({ street: row.customer_street, city: row.customer_city }),
          },
    salespersonName: row.salesperson_name,
    items: itemRows.map((item) => ({ ...toItem(item), decimals: item.decimals, currentPrice: item.base_price })),
  };
}
