import type { Db } from '#platform/db/index.ts';
import { toTenant, type TenantRow } from '../rows.ts';
import type { Tenant } from '../types.ts';

type Archiving = { from: 'live' | 'suspended'; at: Date; deleteAfter: Date };

export async function updateToArchived(
  db: Db,
  id: string,
  { from, at, deleteAfter, reason, now }: Archiving & { reason: string; now: Date },
): Promise<Tenant> {
  return update(db, id, now, {
    status: 'archived',
    status_reason: reason,
    archived_at: at,
    archived_from: from,
    delete_after: deleteAfter,
  });
}

/** Back among the served, as what it was before. */
export async function updateToRestored(
  db: Db,
  id: string,
  { status, reason, now }: { status: 'live' | 'suspended'; reason: string | null; now: Date },
): Promise<Tenant> {
  return update(db, id, now, {
    status,
    status_reason: reason,
    archived_at: null,
    archived_from: null,
    delete_after: null,
  });
}

/** What is left of a store says nothing of the people who had it. */
export async function updateToDeleted(db: Db, { id, slug }: Tenant, now: Date): Promise<Tenant> {
  return update(db, id, now, {
    status: 'deleted',
    status_reason: null,
    archived_from: null,
    delete_after: null,
    name: slug,
    admin_email: '',
  });
}

async function update(db: Db, id: string, now: Date, change: Partial<TenantRow>): Promise<Tenant> {
  const [row] = await db<TenantRow>('platform.tenants')
    .where({ id })
    .update({ ...change, status_changed_at: now, updated_at: now, version: db.raw('version + 1') })
    .returning('*');
  return toTenant(row!);
}

/** A finished copy of a store. Counts are rows per table. */
export type TenantExport = {
  fileName: string;
  bytes: number;
  sha256: string;
  rowCounts: Record<string, number>;
  verifiedAt: Date | undefined;
};

type ExportKey = { tenantId: string; jobId: string };
type ExportInsert = ExportKey & Omit<TenantExport, 'verifiedAt'> & { id: string; at: Date };

/** One copy a job: the newest stands. */
export async function upsertExport(db: Db, copy: ExportInsert): Promise<void> {
  await db('platform.tenant_exports')
    .insert({
      tenant_id: copy.tenantId,
      id: copy.id,
      job_id: copy.jobId,
      file_name: copy.fileName,
      bytes: copy.bytes,
      sha256: copy.sha256,
      row_counts: JSON.stringify(copy.rowCounts),
      created_at: copy.at,
      verified_at: null,
    })
    .onConflict(['tenant_id', 'job_id'])
    .merge(['file_name', 'bytes', 'sha256', 'row_counts', 'created_at', 'verified_at']);
}

type ExportRow = {
  file_name: string;
  bytes: string;
  sha256: string;
  row_counts: Record<string, number>;
  verified_at: Date | null;
};

export async function findExport(db: Db, { tenantId, jobId }: ExportKey): Promise<TenantExport | undefined> {
  const row = await db('platform.tenant_exports')
    .where({ tenant_id: tenantId, job_id: jobId })
    .first<ExportRow | undefined>();
  return (
    row && {
      fileName: row.file_name,
      bytes: Number(row.bytes),
      sha256: row.sha256,
      rowCounts: row.row_counts,
      verifiedAt: row.verified_at ?? undefined,
    }
  );
}

export async function markExportVerified(db: Db, { tenantId, jobId }: ExportKey, at: Date): Promise<void> {
  await db('platform.tenant_exports').where({ tenant_id: tenantId, job_id: jobId }).update({ verified_at: at });
}

export async function deleteExport(db: Db, { tenantId, jobId }: ExportKey): Promise<void> {
  await db('platform.tenant_exports').where({ tenant_id: tenantId, job_id: jobId }).delete();
}

/** The store's tables, in the order in which their rows can be erased. */
export async function listTenantTables(db: Db): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { name: string }[] }>('select name from platform.list_tenant_tables()');
  return rows.map(({ name }) => name);
}

const FETCH_ROWS = 500;

/** The rows of one table of the current tenant as JSON texts, without secrets, some hundred at a time. */
export async function* readTenantRows(db: Db, table: string): AsyncGenerator<string[]> {
  const opened = await db.raw<{ rows: { cursor: string }[] }>('select platform.open_tenant_rows(?) as cursor', [table]);
  const { cursor } = opened.rows[0]!;
  for (;;) {
    const { rows } = await db.raw<{ rows: { line: string }[] }>(`fetch ${FETCH_ROWS} from ??`, [cursor]);
    if (rows.length > 0) yield rows.map(({ line }) => line);
    if (rows.length < FETCH_ROWS) break;
  }
  await db.raw('close ??', [cursor]);
}

/** Erases up to `atMost` rows of one table of the current tenant; returns how many. */
export async function eraseTenantRows(db: Db, table: string, atMost: number): Promise<number> {
  const { rows } = await db.raw<{ rows: { erased: number }[] }>('select platform.erase_tenant_rows(?, ?) as erased', [
    table,
    atMost,
  ]);
  return rows[0]!.erased;
}

/** The job that deletes a store is the record of it, and stays; it is no row of the store any more. */
export async function detachJob(db: Db, jobId: string): Promise<void> {
  await db('platform.jobs').where({ id: jobId }).update({ tenant_id: null });
}
