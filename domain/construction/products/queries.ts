import type { TenantContext } from '#platform/context.ts';
import { newId } from '#platform/ids.ts';
import { searchable } from '#domain/construction/search-text.ts';
import type { Product, ProductInput } from './types.ts';

const TABLE = 'construction.products';
const COLUMNS = ['id', 'code', 'name', 'unit', 'base_price', 'active', 'created_at', 'updated_at', 'version'] as const;

/** Returns undefined, and writes nothing, when another product of the store has the code. */
export async function insertProduct(
  { db, tenantId, actor }: TenantContext,
  { id, input, at }: { id: string; input: ProductInput; at: Date },
): Promise<Product | undefined> {
  const [row] = await db(TABLE)
    .insert({
      tenant_id: tenantId,
      id,
      ...toColumns(input),
      created_by: actor.id ?? null,
      created_at: at,
      updated_at: at,
    })
    .onConflict(['tenant_id', 'code'])
    .ignore()
    .returning(COLUMNS);
  return row && toProduct(row as ProductRow);
}

export async function findProduct({ db, tenantId }: TenantContext, id: string): Promise<Product | undefined> {
  const row = await db(TABLE).where({ tenant_id: tenantId, id }).first<ProductRow>(COLUMNS);
  return row && toProduct(row);
}

export async function findProductByCode({ db, tenantId }: TenantContext, code: string): Promise<Product | undefined> {
  const row = await db(TABLE).where({ tenant_id: tenantId, code }).first<ProductRow>(COLUMNS);
  return row && toProduct(row);
}

export async function lockProduct({ db, tenantId }: TenantContext, id: string): Promise<Product | undefined> {
  const row = await db(TABLE).where({ tenant_id: tenantId, id }).forUpdate().first<ProductRow>(COLUMNS);
  return row && toProduct(row);
}

export async function updateProduct(
  { db, tenantId }: TenantContext,
  { id, version }: Product,
  { input, active, at }: { input?: ProductInput; active?: boolean; at: Date },
): Promise<Product> {
  const [row] = await db(TABLE)
    .where({ tenant_id: tenantId, id })
    .update({
      ...(input && toColumns(input)),
      ...(active !== undefined && { active }),
      updated_at: at,
      version: version + 1,
    })
    .returning(COLUMNS);
  return toProduct(row as ProductRow);
}

/** One row per change of price; the database refuses a price change that has none. */
export async function insertPriceChange(
  { db, tenantId, actor }: TenantContext,
  { before, after, reason }: { before: Product; after: Product; reason: string | null },
): Promise<void> {
  await db('construction.price_history').insert({
    tenant_id: tenantId,
    id: newId(),
    product_id: after.id,
    product_version: after.version,
    old_price: before.basePrice,
    new_price: after.basePrice,
    changed_by: actor.id ?? null,
    changed_at: after.updatedAt,
    reason,
  });
}

function toColumns({ code, name, unit, basePrice }: ProductInput) {
  return { code, name, name_search: searchable(name), unit, base_price: basePrice };
}

type ProductRow = {
  id: string;
  code: string | null;
  name: string;
  unit: string;
  base_price: string;
  active: boolean;
  created_at: Date;
  updated_at: Date;
  version: number;
};

function toProduct({ base_price, created_at, updated_at, ...sameName }: ProductRow): Product {
  return { ...sameName, basePrice: base_price, createdAt: created_at, updatedAt: updated_at };
}
