import type { Db } from '#platform/db/index.ts';
import type { RevisionFile, RevisionOutcome } from './types.ts';

type RevisionInsert = { dropletId: string; author: string; reason: string; jobId: string; at: Date };

/** Opens the next revision of an edge; its number is the database's and never used twice. */
export async function insertRevision(db: Db, revision: RevisionInsert): Promise<number> {
  const [row] = await db('platform.edge_revisions')
    .insert({
      droplet_id: revision.dropletId,
      author: revision.author,
      reason: revision.reason,
      job_id: revision.jobId,
      outcome: 'pending',
      created_at: revision.at,
    })
    .returning<{ number: string }[]>('number');
  return Number(row!.number);
}

type FileInsert = Omit<RevisionFile, 'dropletId' | 'outcome'> & { previousSha256: string | undefined };

export async function insertRevisionFile(db: Db, file: FileInsert): Promise<void> {
  await db('platform.edge_revision_files').insert({
    tenant_id: file.tenantId,
    revision: file.revision,
    slug: file.slug,
    action: 'put',
    state: file.state,
    document: file.document,
    sha256: file.sha256,
    content_sha256: file.contentSha256,
    previous_revision: file.previousRevision ?? null,
    previous_sha256: file.previousSha256 ?? null,
  });
}

type OutcomeChange = { outcome: RevisionOutcome; at?: Date; error?: { code: string; message: string } };

export async function updateRevisionOutcome(db: Db, revision: number, change: OutcomeChange): Promise<void> {
  await db('platform.edge_revisions')
    .where({ number: revision })
    .update({
      outcome: change.outcome,
      error_code: change.error?.code ?? null,
      error_message: change.error?.message ?? null,
      finished_at: change.at ?? null,
    });
}

/** Writes that this file is on the edge's disk now. It counts as unconfirmed until a probe has seen it. */
export async function upsertEdgeFile(db: Db, file: RevisionFile, at: Date): Promise<void> {
  await db('platform.edge_files')
    .insert({
      tenant_id: file.tenantId,
      droplet_id: file.dropletId,
      slug: file.slug,
      revision: file.revision,
      state: file.state,
      sha256: file.sha256,
      content_sha256: file.contentSha256,
      published_at: at,
      confirmed_at: null,
      probe_error: null,
    })
    .onConflict(['tenant_id', 'droplet_id', 'slug'])
    .merge();
}

type FileKey = { tenantId: string; dropletId: string; slug: string };

export async function deleteEdgeFile(db: Db, { tenantId, dropletId, slug }: FileKey): Promise<void> {
  await db('platform.edge_files').where({ tenant_id: tenantId, droplet_id: dropletId, slug }).delete();
}

/** Records what a probe saw: the time it was right, or why it was not. */
export async function updateEdgeFileProof(
  db: Db,
  { tenantId, dropletId, slug }: FileKey,
  proof: { confirmedAt: Date } | { probeError: string },
): Promise<void> {
  await db('platform.edge_files')
    .where({ tenant_id: tenantId, droplet_id: dropletId, slug })
    .update(
      'confirmedAt' in proof
        ? { confirmed_at: proof.confirmedAt, probe_error: null }
        : { confirmed_at: null, probe_error: proof.probeError },
    );
}
