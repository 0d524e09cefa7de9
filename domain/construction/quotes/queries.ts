import type { TenantContext } from '#platform/context.ts';
import { newId } from '#platform/ids.ts';
import type { NewItem } from './lines.ts';
import { ITEM_COLUMNS, QUOTE_COLUMNS, toItem, toQuote, type ItemRow, type QuoteRow } from './rows.ts';
import type { Quote, QuoteItem } from './types.ts';

const QUOTES = 'construction.quotes';
const ITEMS = 'construction.quote_items';

type NewQuote = Pick<Quote, 'id' | 'number' | 'salespersonId' | 'customerId' | 'validityDays'> & { at: Date };

export async function insertQuote({ db, tenantId }: TenantContext, quote: NewQuote): Promise<Quote> {
  const [row] = await db(QUOTES)
    .insert({
      tenant_id: tenantId,
      id: quote.id,
      number: quote.number,
      status: 'draft',
      customer_id: quote.customerId,
      salesperson_id: quote.salespersonId,
      validity_days: quote.validityDays,
      created_at: quote.at,
      updated_at: quote.at,
    })
    .returning(QUOTE_COLUMNS);
  return toQuote(row as QuoteRow);
}

export async function findQuote({ db, tenantId }: TenantContext, id: string): Promise<Quote | undefined> {
  const row = await db(QUOTES).where({ tenant_id: tenantId, id }).first<QuoteRow>(QUOTE_COLUMNS);
  return row && toQuote(row);
}

/** Everything that changes a quote or its items holds this lock, so that versions and totals follow one another. */
export async function lockQuote({ db, tenantId }: TenantContext, id: string): Promise<Quote | undefined> {
  const row = await db(QUOTES).where({ tenant_id: tenantId, id }).forUpdate().first<QuoteRow>(QUOTE_COLUMNS);
  return row && toQuote(row);
}

export async function updateQuote(
  { db, tenantId, clock }: TenantContext,
  { id, version }: Quote,
  changes: Partial<Omit<Quote, 'id' | 'number' | 'version' | 'createdAt' | 'updatedAt'>>,
): Promise<Quote> {
  const [row] = await db(QUOTES)
    .where({ tenant_id: tenantId, id })
    .update({ ...toColumns(changes), updated_at: clock.now(), version: version + 1 })
    .returning(QUOTE_COLUMNS);
  return toQuote(row as QuoteRow);
}

export async function listItems({ db, tenantId }: TenantContext, quoteId: string): Promise<QuoteItem[]> {
  const rows = await db(ITEMS)
    .where({ tenant_id: tenantId, quote_id: quoteId })
    .orderBy('position')
    .select<ItemRow[]>(ITEM_COLUMNS);
  return rows.map(toItem);
}

/** Appends lines; positions only grow, so a removed line leaves a gap and never a mix-up. */
export async function insertItems(
  { db, tenantId, clock }: TenantContext,
  quoteId: string,
  { items, after }: { items: readonly NewItem[]; after: number },
): Promise<QuoteItem[]> {
  if (items.length === 0) return [];
  const at = clock.now();
  const rows = await db(ITEMS)
    .insert(
      items.map((item, index) => ({
        tenant_id: tenantId,
        id: newId(),
        quote_id: quoteId,
        position: after + index + 1,
        ...toColumns(item),
        created_at: at,
        updated_at: at,
      })),
    )
    .returning(ITEM_COLUMNS);
  return (rows as ItemRow[]).map(toItem);
}

export async function updateItem({ db, tenantId, clock }: TenantContext, item: QuoteItem): Promise<void> {
  const { quantity, unitPrice, discountPct, lineTotal } = item;
  await db(ITEMS)
    .where({ tenant_id: tenantId, id: item.id })
    .update({ ...toColumns({ quantity, unitPrice, discountPct, lineTotal }), updated_at: clock.now() });
}

export async function deleteItems({ db, tenantId }: TenantContext, quoteId: string, ids: string[]): Promise<void> {
  await db(ITEMS).where({ tenant_id: tenantId, quote_id: quoteId }).whereIn('id', ids).delete();
}

/** `unitPrice` → `unit_price`. Only for keys of our own types, never for keys that came from outside. */
function toColumns(values: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}
