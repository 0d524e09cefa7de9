import type { Db } from '#platform/db/index.ts';
import type { StoreEntry } from './entry.ts';
import type { Verdict } from './judge.ts';
import type { FieldChange, FileFormat, FileLine, LineAction } from './types.ts';

type NewApplication = { id: string; format: FileFormat; createdBy: string; at: Date };

export async function insertApplication(db: Db, { id, format, createdBy, at }: NewApplication): Promise<void> {
  await db('platform.applications').insert({ id, format, created_by: createdBy, created_at: at });
}

export type JudgedLine = Pick<FileLine, 'line' | 'slug' | 'entry'> & Omit<Verdict, 'version'> & { position: number };

export async function insertLines(db: Db, applicationId: string, lines: readonly JudgedLine[]): Promise<void> {
  await db('platform.application_lines').insert(
    lines.map((it) => ({
      application_id: applicationId,
      position: it.position,
      line: it.line,
      slug: it.slug,
      tenant_id: it.tenantId ?? null,
      action: it.action,
      entry: it.entry ? JSON.stringify(it.entry) : null,
      changes: JSON.stringify(it.changes),
      faults: JSON.stringify(it.faults),
      admin_kept: it.adminKept,
    })),
  );
}

/** Locked until the transaction ends, so that it is confirmed once. */
export async function lockApplication(
  db: Db,
  id: string,
): Promise<{ confirmedAt: Date | undefined; jobId: string | undefined } | undefined> {
  const row = await db('platform.applications')
    .where({ id })
    .forUpdate()
    .first<{ confirmed_at: Date | null; job_id: string | null } | undefined>();
  return row && { confirmedAt: row.confirmed_at ?? undefined, jobId: row.job_id ?? undefined };
}

export async function markConfirmed(db: Db, id: string, { jobId, at }: { jobId: string; at: Date }): Promise<void> {
  await db('platform.applications').where({ id }).update({ confirmed_at: at, job_id: jobId });
}

export type PendingLine = { action: LineAction; entry: StoreEntry; changes: FieldChange[] };
type Place = { applicationId: string; position: number };

/** The line, locked until the transaction ends; undefined when it was done, by whichever worker, or is there no more. */
export async function lockPendingLine(db: Db, { applicationId, position }: Place): Promise<PendingLine | undefined> {
  return db('platform.application_lines')
    .where({ application_id: applicationId, position })
    .whereNull('outcome')
    .forUpdate()
    .first<PendingLine | undefined>('action', 'entry', 'changes');
}

type Outcome = { tenantId?: string; storeJobId?: string | undefined } & (
  { outcome: 'created' | 'updated' } | { outcome: 'changed' | 'failed'; error: { code: string; message: string } }
);

export async function markOutcome(db: Db, { applicationId, position }: Place, done: Outcome): Promise<void> {
  await db('platform.application_lines')
    .where({ application_id: applicationId, position })
    .whereNull('outcome')
    .update({
      outcome: done.outcome,
      ...(done.tenantId !== undefined && { tenant_id: done.tenantId }),
      store_job_id: done.storeJobId ?? null,
      ...('error' in done && { error_code: done.error.code, error_message: done.error.message }),
    });
}

/** Forgets what was planned before. */
export async function deleteApplicationsBefore(db: Db, before: Date): Promise<void> {
  await db('platform.applications').where('created_at', '<', before).delete();
}
