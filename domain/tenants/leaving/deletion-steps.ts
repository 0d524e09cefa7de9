import type { Context } from '#platform/context.ts';
import { withTenant, withTransaction } from '#platform/db/index.ts';
import { Conflict } from '#platform/errors.ts';
import { auditTenant, getLocked } from '../locked.ts';
import { endOfQuarantine } from '../names/expiry.ts';
import { quarantineAll } from '../names/queries.ts';
import { getTenantLag, measureTenant, type TableUsage } from '../usage/listings.ts';
import { detachJob, eraseTenantRows, findExport, listTenantTables, updateToDeleted } from './queries.ts';

/*
 * What the job does, step by step. Until markDeleted everything can be taken back; from there on the only way is forward,
 * and every function may be repeated.
 */

/** True once there is no way back: the copy stands, and rows may be gone. Throws when the store was restored meanwhile. */
export async function isPastReturn(ctx: Context, tenantId: string): Promise<boolean> {
  const { status, slug } = await withTransaction(ctx, (tx) => getLocked(tx, tenantId));
  if (status === 'archived' || status === 'deleted') return status === 'deleted';
  throw new Conflict('tenant_not_archived', `${slug} is ${status}; it is not deleted.`);
}

/** How many of the store's events are not applied everywhere yet; its rows may go only when there are none. */
export async function countUnsettledEvents(ctx: Context, tenantId: string): Promise<number> {
  return (await getTenantLag(ctx, tenantId)).backlog;
}

/**
 * The point of no return: the store is `deleted`, what is left of its record names nobody, and all its names are in
 * quarantine. Throws Conflict `export_not_verified` without a proven copy of this job.
 */
export async function markDeleted(ctx: Context, { tenantId, jobId }: { tenantId: string; jobId: string }) {
  await withTransaction(ctx, async (tx) => {
    const tenant = await getLocked(tx, tenantId);
    if (tenant.status === 'deleted') return;
    const copy = await findExport(tx.db, { tenantId, jobId });
    if (!copy?.verifiedAt) throw new Conflict('export_not_verified', `There is no proven copy of ${tenant.slug}.`);
    const now = tx.clock.now();
    const deleted = await updateToDeleted(tx.db, tenant, now);
    await quarantineAll(tx.db, tenantId, endOfQuarantine(now));
    await auditTenant(tx, 'tenant.deleted', deleted, {
      before: { status: tenant.status, archived_at: tenant.archivedAt?.toISOString() },
      after: { status: 'deleted', export: { file: copy.fileName, sha256: copy.sha256, rows: copy.rowCounts } },
    });
  });
}

const ERASE_ROWS = 1000;

/** Erases every row of a deleted store, some at a time, and returns how many went. The job that does it stays as its record. */
export async function eraseTenant(
  ctx: Context,
  { tenantId, jobId, signal }: { tenantId: string; jobId: string; signal: AbortSignal },
): Promise<number> {
  await detachJob(ctx.db, jobId);
  let total = 0;
  for (const table of await listTenantTables(ctx.db)) {
    let erased: number;
    do {
      signal.throwIfAborted();
      erased = await withTenant(ctx, tenantId, (tx) => eraseTenantRows(tx.db, table, ERASE_ROWS));
      total += erased;
    } while (erased === ERASE_ROWS);
  }
  return total;
}

/** The tables that still hold rows of the store. */
export async function listRemains(ctx: Context, tenantId: string): Promise<TableUsage[]> {
  return (await measureTenant(ctx, tenantId)).filter(({ rows }) => rows > 0);
}
