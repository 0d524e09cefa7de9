import { containing, withTenant } from '#platform/db/index.ts';
import type { Keyset } from '#platform/http/cursor.ts';
import { searchable } from '#domain/construction/search-text.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { unmaskDocument, type CustomerKind } from './documents.ts';

/** A customer as a list shows it. */
export type CustomerSummary = {
  id: string;
  kind: CustomerKind;
  name: string;
  nameSearch: string;
  document: string | null;
  phone: string | null;
  city: string | null;
  state: string | null;
  active: boolean;
};

type CustomerFilter = {
  /** Part of a name (accents do not matter), of a document (with or without its mask) or of an e-mail. */
  q?: string | undefined;
  active?: boolean | undefined;
  after?: Keyset | undefined;
  limit: number;
};

/** Customers by name, one more than `limit` when there are more. Keyset: `[nameSearch, id]`. */
export async function listCustomers(ctx: StoreContext, filter: CustomerFilter): Promise<CustomerSummary[]> {
  return withTenant(ctx, ctx.tenantId, async ({ db, tenantId }) => {
    const query = db('construction.customers')
      .where({ tenant_id: tenantId })
      .orderBy([{ column: 'name_search' }, { column: 'id' }])
      .limit(filter.limit + 1);
    if (filter.active !== undefined) void query.where({ active: filter.active });
    if (filter.after) void query.whereRaw('(name_search, id) > (?, ?)', [...filter.after]);
    const name = searchable(filter.q ?? '');
    const document = unmaskDocument(filter.q ?? '');
    if (name !== '')
      void query.where((any) => {
        void any
          .whereRaw('name_search like ?', [containing(name)])
          .orWhereRaw('lower(email) like ?', [containing(name)]);
        if (document !== '') void any.orWhereRaw('document like ?', [containing(document)]);
      });
    const rows = await query.select<SummaryRow[]>(
      'id', 'kind', 'name', 'name_search', 'document', 'phone', 'city', 'state', 'active',
    ); // prettier-ignore
    return rows.map(({ name_search, ...sameName }) => ({ ...sameName, nameSearch: name_search }));
  });
}

type SummaryRow = Omit<CustomerSummary, 'nameSearch'> & { name_search: string };
