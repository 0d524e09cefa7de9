import { rebindContext, type Context, type TenantContext } from '#platform/context.ts';
import { isId } from '#platform/ids.ts';
import type { Db } from './database.ts';

/**
 * Runs `fn` in one transaction and hands it a context of the same type bound to that transaction: the change, its audit
 * row, its event and its job commit together or not at all. Inside a transaction it joins the one that is open.
 */
export async function withTransaction<C extends Context, T>(ctx: C, fn: (tx: C) => Promise<T>): Promise<T> {
  if (ctx.db.isTransaction) return fn(ctx);
  return ctx.db.transaction((trx) => fn(rebindContext(ctx, trx)));
}

/**
 * The only way to a tenant's rows: a transaction in which row-level security shows the rows of `tenantId` and no others.
 * The setting is local to the transaction, so a pooled connection carries nothing over to the next request.
 * Throws TypeError when `tenantId` is not a UUID, or when a transaction of another tenant is already open.
 */
export async function withTenant<C extends Context, T>(
  ctx: C,
  tenantId: string,
  fn: (tx: C & TenantContext) => Promise<T>,
): Promise<T> {
  if (!isId(tenantId)) throw new TypeError('withTenant needs the id of a tenant');
  return withTransaction(ctx, async (tx) => {
    await enterTenant(tx.db, tenantId);
    return fn({ ...tx, tenantId });
  });
}

/**
 * One tenant after another within one transaction: for a worker that carries out what happened in many stores at once. `fn`
 * sees the rows of `tenantId` and no others; after it the transaction sees no tenant's. Throws TypeError outside a
 * transaction, in one that {@link withTenant} has opened, and when `tenantId` is not a UUID.
 */
export async function asTenant<C extends Context, T>(
  tx: C,
  tenantId: string,
  fn: (tx: C & TenantContext) => Promise<T>,
): Promise<T> {
  if (!tx.db.isTransaction) throw new TypeError('asTenant needs an open transaction');
  if (!isId(tenantId)) throw new TypeError('asTenant needs the id of a tenant');
  await enterTenant(tx.db, tenantId);
  const result = await fn({ ...tx, tenantId });
  await tx.db.raw(`select set_config('app.tenant_id', '', true)`);
  return result;
}

async function enterTenant(db: Db, tenantId: string): Promise<void> {
  const { rows } = await db.raw<{ rows: { before: string }[] }>(
    `with b as (select coalesce(current_setting('app.tenant_id', true), '') as before)
     select b.before, set_config('app.tenant_id', ?, true) from b`,
    [tenantId],
  );
  const before = rows[0]!.before;
  if (before !== '' && before !== tenantId) throw new TypeError('a transaction of another tenant is already open');
}
