import type { Db } from '#platform/db/index.ts';
import type { FileError, FileOutcome, RevisionFile } from '../types.ts';

type RevisionInsert = {
  dropletId: string;
  kind: 'tenants' | 'maps';
  purpose: string;
  author: string;
  reason: string;
  jobId: string;
  at: Date;
};

/** Opens the next revision of an edge; its number is the database's and never used twice. */
export async function insertRevision(db: Db, revision: RevisionInsert): Promise<number> {
  const [row] = await db('platform.edge_revisions')
    .insert({
      droplet_id: revision.dropletId,
      kind: revision.kind,
      purpose: revision.purpose,
      author: revision.author,
      reason: revision.reason,
      job_id: revision.jobId,
      outcome: 'pending',
      created_at: revision.at,
    })
    .returning<{ number: string }[]>('number');
  return Number(row!.number);
}

type FileInsert = Omit<RevisionFile, 'dropletId'> & { previousSha256: string | undefined };

/** A thousand rows of a dozen values fit into one statement of PostgreSQL (65,535 parameters). */
const ROWS_PER_INSERT = 1000;

/** Writes what goes under a revision; one under which nothing goes is done. */
export async function insertRevisionFiles(
  db: Db,
  { revision, files, at }: { revision: number; files: readonly FileInsert[]; at: Date },
): Promise<void> {
  await db.batchInsert(
    'platform.edge_revision_files',
    files.map((file) => ({
      tenant_id: file.tenantId,
      revision: file.revision,
      slug: file.slug,
      action: file.state === 'absent' ? 'remove' : 'put',
      state: file.state === 'absent' ? null : file.state,
      document: file.document ?? null,
      sha256: file.sha256 ?? null,
      content_sha256: file.contentSha256 ?? null,
      previous_revision: file.previousRevision ?? null,
      previous_sha256: file.previousSha256 ?? null,
      outcome: file.outcome,
      error_code: file.error?.code ?? null,
      error_message: file.error?.message ?? null,
      finished_at: file.error ? at : null,
    })),
    ROWS_PER_INSERT,
  );
  await settleRevisions(db, [revision], at);
}

type FileResult = { file: RevisionFile; outcome: FileOutcome; error?: FileError };

/** Writes what became of each file, and finishes the revisions of which nothing is open any more. */
export async function updateFileOutcomes(db: Db, results: readonly FileResult[], at: Date): Promise<void> {
  if (results.length === 0) return;
  await db.raw(
    `update platform.edge_revision_files f
        set outcome = k.outcome, error_code = k.code, error_message = k.message,
            finished_at = case when k.outcome in ('pending', 'sent') then null else :at::timestamptz end
       from unnest(:tenantIds::uuid[], :slugs::text[], :revisions::bigint[], :outcomes::text[], :codes::text[],
                   :messages::text[]) as k (tenant_id, slug, revision, outcome, code, message)
      where (f.tenant_id, f.slug, f.revision) = (k.tenant_id, k.slug, k.revision)`,
    {
      at,
      tenantIds: results.map(({ file }) => file.tenantId),
      slugs: results.map(({ file }) => file.slug),
      revisions: results.map(({ file }) => file.revision),
      outcomes: results.map(({ outcome }) => outcome),
      codes: results.map(({ error }) => error?.code ?? null),
      messages: results.map(({ error }) => error?.message ?? null),
    },
  );
  await settleRevisions(db, [...new Set(results.map(({ file }) => file.revision))], at);
}

/** A revision is what its files are: partial when some are served and others failed. */
async function settleRevisions(db: Db, numbers: readonly number[], at: Date): Promise<void> {
  await db.raw(
    `update platform.edge_revisions r
        set outcome = s.outcome, error_code = s.error_code, error_message = s.error_message,
            finished_at = case when s.outcome in ('pending', 'sent') then null else :at::timestamptz end
       from (select revision,
                    case when bool_or(f.outcome = 'sent') then 'sent'
                         when bool_or(f.outcome = 'pending') then 'pending'
                         when bool_and(f.outcome = 'failed') then 'failed'
                         when bool_or(f.outcome = 'failed') then 'partial'
                         else 'confirmed' end as outcome,
                    min(f.error_code) as error_code, min(f.error_message) as error_message
               from unnest(:numbers::bigint[]) as n (revision)
               left join platform.edge_revision_files f using (revision) group by revision) s
      where r.number = s.revision`,
    { numbers: [...numbers], at },
  );
}

/**
 * Writes that these files are on their edges' disks now. A file counts as unconfirmed until a probe has seen it. What a
 * newer revision has put there meanwhile stays, unless `isTakingBack` says that older bytes are to be there again.
 */
export async function recordOnDisk(
  db: Db,
  files: readonly RevisionFile[],
  { at, isTakingBack = false }: { at: Date; isTakingBack?: boolean },
): Promise<void> {
  const put = files.filter((file) => file.state !== 'absent');
  const removed = files.filter((file) => file.state === 'absent');
  if (put.length > 0) await upsertEdgeFiles(db, put, { at, isTakingBack });
  if (removed.length > 0) await deleteEdgeFiles(db, removed);
  if (files.length > 0 && !isTakingBack) await supersedeUnanswered(db, files, at);
}

/** What older revisions sent to these places and never heard of again is not there any more, so nothing is open of it. */
async function supersedeUnanswered(db: Db, files: readonly RevisionFile[], at: Date): Promise<void> {
  const { rows } = await db.raw<{ rows: { revision: string }[] }>(
    `update platform.edge_revision_files f set outcome = 'superseded', finished_at = :at
       from platform.edge_revisions r,
            unnest(:tenantIds::uuid[], :dropletIds::uuid[], :slugs::text[], :revisions::bigint[])
              as k (tenant_id, droplet_id, slug, revision)
      where r.number = f.revision and f.outcome = 'sent'
        and (f.tenant_id, r.droplet_id, f.slug) = (k.tenant_id, k.droplet_id, k.slug) and f.revision < k.revision
      returning f.revision`,
    { at, ...keysOf(files), revisions: files.map((file) => file.revision) },
  );
  if (rows.length > 0) await settleRevisions(db, [...new Set(rows.map((row) => Number(row.revision)))], at);
}

async function upsertEdgeFiles(db: Db, files: readonly RevisionFile[], how: { at: Date; isTakingBack: boolean }) {
  await db.raw(
    `insert into platform.edge_files as served
            (tenant_id, droplet_id, slug, revision, state, sha256, content_sha256, published_at)
     select k.*, :at from unnest(:tenantIds::uuid[], :dropletIds::uuid[], :slugs::text[], :revisions::bigint[],
                                 :states::text[], :hashes::text[], :contents::text[]) k
     on conflict (tenant_id, droplet_id, slug) do update
        set revision = excluded.revision, state = excluded.state, sha256 = excluded.sha256,
            content_sha256 = excluded.content_sha256, published_at = excluded.published_at,
            confirmed_at = null, probe_error = null
      where :isTakingBack or served.revision < excluded.revision`,
    {
      ...how,
      ...keysOf(files),
      revisions: files.map((file) => file.revision),
      states: files.map((file) => file.state),
      hashes: files.map((file) => file.sha256),
      contents: files.map((file) => file.contentSha256),
    },
  );
}

async function deleteEdgeFiles(db: Db, files: readonly FilePlace[]): Promise<void> {
  await db.raw(
    `delete from platform.edge_files f
      using unnest(:tenantIds::uuid[], :dropletIds::uuid[], :slugs::text[]) as k (tenant_id, droplet_id, slug)
      where (f.tenant_id, f.droplet_id, f.slug) = (k.tenant_id, k.droplet_id, k.slug)`,
    keysOf(files),
  );
}

/**
 * These places may hold something else than our books say: an answer was lost, or a hand was there. They count as unseen,
 * and are looked at next.
 */
export async function forgetProofs(db: Db, places: readonly Pick<FilePlace, 'dropletId' | 'slug'>[]): Promise<void> {
  await db.raw(
    `update platform.edge_files f set confirmed_at = null, probed_at = null
       from unnest(:dropletIds::uuid[], :slugs::text[]) as k (droplet_id, slug)
      where (f.droplet_id, f.slug) = (k.droplet_id, k.slug)`,
    { dropletIds: places.map((place) => place.dropletId), slugs: places.map((place) => place.slug) },
  );
}

type FilePlace = { tenantId: string; dropletId: string; slug: string };
/** Of which revision a probe was asked; a file that was published anew meanwhile is not judged by it. */
type Proof = { file: FilePlace & { revision: number }; probeError: string | undefined };

/** Records what probes saw: that a file was served rightly just now, or why it was not. */
export async function updateProofs(db: Db, proofs: readonly Proof[], at: Date): Promise<void> {
  if (proofs.length === 0) return;
  await db.raw(
    `update platform.edge_files f
        set confirmed_at = case when k.error is null then :at::timestamptz end, probe_error = k.error, probed_at = :at
       from unnest(:tenantIds::uuid[], :dropletIds::uuid[], :slugs::text[], :revisions::bigint[], :errors::text[])
            as k (tenant_id, droplet_id, slug, revision, error)
      where (f.tenant_id, f.droplet_id, f.slug, f.revision) = (k.tenant_id, k.droplet_id, k.slug, k.revision)`,
    {
      at,
      ...keysOf(proofs.map(({ file }) => file)),
      revisions: proofs.map(({ file }) => file.revision),
      errors: proofs.map(({ probeError }) => probeError ?? null),
    },
  );
}

function keysOf(places: readonly FilePlace[]) {
  return {
    tenantIds: places.map((place) => place.tenantId),
    dropletIds: places.map((place) => place.dropletId),
    slugs: places.map((place) => place.slug),
  };
}
