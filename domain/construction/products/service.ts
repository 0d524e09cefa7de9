import { withTenant } from '#platform/db/index.ts';
import { Conflict, InvalidInput, NotFound, NotPermitted } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { recordStoreAudit } from '#domain/construction/audit/index.ts';
import { compareDecimals } from '#domain/construction/money/index.ts';
import { mayTouch } from '#domain/construction/row-access/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { requireVersion } from '#domain/construction/versions.ts';
import { publishPriceUpdated, publishProductUpserted } from './events.ts';
import { requireUnit } from './listings.ts';
import {
  findProduct,
  findProductByCode,
  insertPriceChange,
  insertProduct,
  lockProduct,
  updateProduct,
} from './queries.ts';
import type { Product, ProductInput } from './types.ts';

/** Adds a product. Throws Conflict `code_taken` with `existing_id`, InvalidInput `unknown_unit`. */
export async function createProduct(ctx: StoreContext, input: ProductInput): Promise<Product> {
  return withTenant(ctx, ctx.tenantId, async (tx) => {
    await requireUnit(tx, input.unit);
    const product = await insertProduct(tx, { id: newId(), input, at: tx.clock.now() });
    if (!product) return refuseDuplicate(tx, input.code);
    await recordStoreAudit(tx, { action: 'product.created', entity: 'product', entityId: product.id, after: input });
    await publishProductUpserted(tx, product);
    return product;
  });
}

/** The product of this store. Throws NotFound. */
export async function getProduct(ctx: StoreContext, id: string): Promise<Product> {
  return withTenant(ctx, ctx.tenantId, async (tx) => (await findProduct(tx, id)) ?? missing());
}

/** The product a line is about to sell. Throws InvalidInput `unknown_product` or `product_inactive`. */
export async function requireSellable(tx: StoreContext, id: string): Promise<Product> {
  const product = await findProduct(tx, id);
  if (product?.active) return product;
  const code = product ? 'product_inactive' : 'unknown_product';
  const message = product ? 'This product is no longer sold.' : 'There is no such product.';
  throw new InvalidInput(code, message, { fields: [{ path: 'product_id', code, message }] });
}

type ProductChange = { version?: number | undefined; changes: Partial<ProductInput>; priceReason?: string | null };

/**
 * Changes a product; what `changes` leaves out stays. A new price leaves one row in its history. Quotes and orders that
 * hold the product keep their own price. Throws Conflict `version_conflict` or `code_taken`, NotPermitted for a price the
 * person may not set.
 */
export async function changeProduct(ctx: StoreContext, id: string, change: ProductChange): Promise<Product> {
  return withTenant(ctx, ctx.tenantId, async (tx) => {
    const before = (await lockProduct(tx, id)) ?? missing();
    requireVersion(before, change.version);
    const input = { ...inputOf(before), ...change.changes };
    await requireUnit(tx, input.unit);
    const isNewPrice = compareDecimals(input.basePrice, before.basePrice) !== 0;
    if (isNewPrice && !mayTouch(tx, 'product.price', null)) throw new NotPermitted();
    if (input.code !== null && input.code !== before.code && (await findProductByCode(tx, input.code)))
      return refuseDuplicate(tx, input.code);
    const after = await updateProduct(tx, before, { input, at: tx.clock.now() });
    if (isNewPrice) await recordNewPrice(tx, { before, after, reason: change.priceReason ?? null });
    await recordChange(tx, 'product.changed', { before, after });
    return after;
  });
}

/** Takes a product out of sale, or brings it back. A repeat changes nothing. */
export async function setProductActive(ctx: StoreContext, id: string, active: boolean): Promise<Product> {
  return withTenant(ctx, ctx.tenantId, async (tx) => {
    const before = (await lockProduct(tx, id)) ?? missing();
    if (before.active === active) return before;
    const after = await updateProduct(tx, before, { active, at: tx.clock.now() });
    await recordChange(tx, active ? 'product.reactivated' : 'product.deactivated', { before, after });
    return after;
  });
}

type BeforeAfter = { before: Product; after: Product };

async function recordNewPrice(tx: StoreContext, change: BeforeAfter & { reason: string | null }): Promise<void> {
  await insertPriceChange(tx, change);
  await publishPriceUpdated(tx, change.before, change.after);
}

async function recordChange(tx: StoreContext, action: string, { before, after }: BeforeAfter): Promise<void> {
  await recordStoreAudit(tx, {
    action,
    entity: 'product',
    entityId: after.id,
    before: { ...inputOf(before), active: before.active },
    after: { ...inputOf(after), active: after.active },
  });
  await publishProductUpserted(tx, after);
}

async function refuseDuplicate(tx: StoreContext, code: string | null): Promise<never> {
  const existing = code === null ? undefined : await findProductByCode(tx, code);
  const message = 'Another product of this store has this code.';
  throw new Conflict('code_taken', message, {
    fields: [{ path: 'code', code: 'code_taken', message }],
    members: { existing_id: existing?.id },
  });
}

function missing(): never {
  throw new NotFound();
}

function inputOf({ code, name, unit, basePrice }: Product): ProductInput {
  return { code, name, unit, basePrice };
}
