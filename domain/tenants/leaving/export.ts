import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '#platform/context.ts';
import { withTenant, withTransaction } from '#platform/db/index.ts';
import { Conflict, NotFound } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { getLocked } from '../locked.ts';
import { measureTenant } from '../usage/listings.ts';
import { isPastReturn } from './deletion-steps.ts';
import { readExportFile, writeExportFile, type TableRows } from './export-file.ts';
import {
  deleteExport,
  findExport,
  listTenantTables,
  markExportVerified,
  readTenantRows,
  upsertExport,
  type TenantExport,
} from './queries.ts';

type Export = { tenantId: string; jobId: string; dir: string; signal: AbortSignal };

/** Writes the copy of all rows of the store, as they are at one instant, and notes what was written. */
export async function exportTenant(ctx: Context, { tenantId, jobId, dir, signal }: Export): Promise<TenantExport> {
  const { slug } = await withTransaction(ctx, (tx) => getLocked(tx, tenantId));
  const fileName = `${slug}-${jobId}.jsonl.gz`;
  const at = ctx.clock.now();
  const written = await ctx.db.transaction(
    (trx) =>
      withTenant({ ...ctx, db: trx }, tenantId, (tx) =>
        writeExportFile(join(dir, fileName), {
          head: { slug, tenantId, exportedAt: at.toISOString() },
          tables: tablesOf(tx),
          signal,
        }),
      ),
    { isolationLevel: 'repeatable read', readOnly: true },
  );
  await upsertExport(ctx.db, { tenantId, jobId, id: newId(), fileName, ...written, at });
  return { fileName, ...written, verifiedAt: undefined };
}

async function* tablesOf(tx: Context): AsyncGenerator<TableRows> {
  for (const table of await listTenantTables(tx.db)) yield { table, rows: readTenantRows(tx.db, table) };
}

/** Of these the job itself makes rows while it runs. */
const MOVING = new Set(['platform.tenant_exports']);

/**
 * Reads the copy back and compares it with what was written and with what is in the tables now. Throws UpstreamFailed
 * `export_damaged`, or Conflict `export_outdated` naming the table, when it is not the same.
 */
export async function verifyExport(ctx: Context, { tenantId, jobId, dir, signal }: Export): Promise<TenantExport> {
  const copy = await findExport(ctx.db, { tenantId, jobId });
  if (!copy) throw new NotFound('export_not_found', 'There is no copy of this store to prove.');
  const counted = await readExportFile(join(dir, copy.fileName), { tenantId, sha256: copy.sha256, signal });
  for (const { table, rows } of await measureTenant(ctx, tenantId))
    if (!MOVING.has(table) && counted[table] !== rows)
      throw new Conflict('export_outdated', `${table} has ${rows} rows, and the copy ${counted[table] ?? 0}.`);
  await markExportVerified(ctx.db, { tenantId, jobId }, ctx.clock.now());
  return copy;
}

/** Removes the copy of a store that stays. The copy of one that is deleted is never touched. */
export async function discardExport(ctx: Context, { tenantId, jobId, dir }: Omit<Export, 'signal'>): Promise<void> {
  if (await isPastReturn(ctx, tenantId)) return;
  const copy = await findExport(ctx.db, { tenantId, jobId });
  if (!copy) return;
  await rm(join(dir, copy.fileName), { force: true });
  await deleteExport(ctx.db, { tenantId, jobId });
}
