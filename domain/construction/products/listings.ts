import { containing, withTenant } from '#platform/db/index.ts';
import { InvalidInput } from '#platform/errors.ts';
import type { Keyset } from '#platform/http/cursor.ts';
import type { DecimalText } from '#domain/construction/money/index.ts';
import { searchable } from '#domain/construction/search-text.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import type { PriceChange, Unit } from './types.ts';

/** A product as a list shows it. */
export type ProductSummary = {
  id: string;
  code: string | null;
  name: string;
  nameSearch: string;
  unit: string;
  basePrice: DecimalText;
  active: boolean;
};

type ProductFilter = {
  /** Words of the name in any order (accents do not matter), or part of the code. */
  q?: string | undefined;
  active?: boolean | undefined;
  after?: Keyset | undefined;
  limit: number;
};

/** Products by name, one more than `limit` when there are more. Keyset: `[nameSearch, id]`. */
export async function listProducts(ctx: StoreContext, filter: ProductFilter): Promise<ProductSummary[]> {
  return withTenant(ctx, ctx.tenantId, async ({ db, tenantId }) => {
    const query = db('construction.products')
      .where({ tenant_id: tenantId })
      .orderBy([{ column: 'name_search' }, { column: 'id' }])
      .limit(filter.limit + 1);
    if (filter.active !== undefined) void query.where({ active: filter.active });
    if (filter.after) void query.whereRaw('(name_search, id) > (?, ?)', [...filter.after]);
    const wanted = searchable(filter.q ?? '');
    if (wanted !== '')
      void query.where((any) => {
        void any.whereRaw('code like ?', [containing(wanted.toUpperCase())]);
        void any.orWhere((every) => {
          for (const word of wanted.split(' ')) void every.whereRaw('name_search like ?', [containing(word)]);
        });
      });
    const rows = await query.select<SummaryRow[]>('id', 'code', 'name', 'name_search', 'unit', 'base_price', 'active');
    return rows.map(({ name_search, base_price, ...sameName }) => ({
      ...sameName,
      nameSearch: name_search,
      basePrice: base_price,
    }));
  });
}

type SummaryRow = Omit<ProductSummary, 'nameSearch' | 'basePrice'> & { name_search: string; base_price: string };

/** The units that goods are counted in: the same for every store. */
export async function listUnits({ db }: Pick<StoreContext, 'db'>): Promise<Unit[]> {
  return db('construction.units').orderBy('code').select<Unit[]>('code', 'label', 'decimals');
}

/** Throws InvalidInput `unknown_unit`. */
export async function requireUnit({ db }: Pick<StoreContext, 'db'>, code: string): Promise<Unit> {
  const unit = await db('construction.units').where({ code }).first<Unit>('code', 'label', 'decimals');
  if (unit) return unit;
  const message = 'There is no such unit.';
  throw new InvalidInput('unknown_unit', message, { fields: [{ path: 'unit', code: 'unknown_unit', message }] });
}

const SHOWN_CHANGES = 50;

/** The newest changes of a product's price, newest first. */
export async function listPriceChanges(
  ctx: StoreContext,
  productId: string,
): Promise<(PriceChange & { changedByName: string | null })[]> {
  return withTenant(ctx, ctx.tenantId, async ({ db, tenantId }) => {
    const rows = await db('construction.price_history as h')
      .leftJoin('construction.users as u', { 'u.tenant_id': 'h.tenant_id', 'u.id': 'h.changed_by' })
      .where({ 'h.tenant_id': tenantId, 'h.product_id': productId })
      .orderBy('h.changed_at', 'desc')
      .limit(SHOWN_CHANGES)
      .select<PriceChangeRow[]>(
        'h.id', 'h.old_price', 'h.new_price', 'h.changed_by', 'h.changed_at', 'h.reason', 'u.name as changed_by_name',
      ); // prettier-ignore
    return rows.map((row) => ({
      id: row.id,
      oldPrice: row.old_price,
      newPrice: row.new_price,
      changedBy: row.changed_by,
      changedByName: row.changed_by_name,
      changedAt: row.changed_at,
      reason: row.reason,
    }));
  });
}

type PriceChangeRow = {
  id: string;
  old_price: string;
  new_price: string;
  changed_by: string | null;
  changed_by_name: string | null;
  changed_at: Date;
  reason: string | null;
};
