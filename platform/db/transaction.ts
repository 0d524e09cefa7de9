import { rebindContext, type Context, type TenantContext } from '#platform/context.ts';
import { isId } from '#platform/ids.ts';
import type { Db } from './database.ts';
import { runPrepared } from './prepared.ts';

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

async function enterTenant(db: Db, tenantId: string): Promise<void> {
  const { rows } = await runPrepared<{ rows: { before: string }[] }>(
    db,
    'enter_tenant',
    `with b as (select coalesce(current_setting('app.tenant_id', true), '') as before)
     select b.before, set_config('app.tenant_id', ?, true) from b`,
    [tenantId],
  );
  const before = rows[0]!.before;
  if (before !== '' && before !== tenantId) throw new TypeError('a transaction of another tenant is already open');
}
