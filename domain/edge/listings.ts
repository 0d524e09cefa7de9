import type { Context } from '#platform/context.ts';
import type { EdgeState } from './document.ts';
import type { EdgeFile, RevisionFile, RevisionOutcome } from './types.ts';

type FileRow = {
  tenant_id: string;
  droplet_id: string;
  slug: string;
  revision: string;
  state: EdgeState;
  sha256: string;
  content_sha256: string;
  confirmed_at: Date | null;
};

type RevisionRow = Omit<FileRow, 'confirmed_at'> & {
  outcome: RevisionOutcome;
  document: string;
  previous_revision: string | null;
};

/** What every edge serves for the tenant. */
export async function listEdgeFiles(ctx: Context, tenantId: string): Promise<EdgeFile[]> {
  const rows = await ctx.db<FileRow>('platform.edge_files').where({ tenant_id: tenantId }).orderBy('slug');
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    dropletId: row.droplet_id,
    slug: row.slug,
    revision: Number(row.revision),
    state: row.state,
    sha256: row.sha256,
    contentSha256: row.content_sha256,
    confirmedAt: row.confirmed_at ?? undefined,
  }));
}

// The document goes through ::text: pg would parse it, and the bytes that were sent would be gone.
const REVISION_FILES = `
  select f.tenant_id, r.droplet_id, f.slug, f.revision, f.state, f.sha256, f.content_sha256, f.document::text as document,
         f.previous_revision, r.outcome
    from platform.edge_revision_files f join platform.edge_revisions r on r.number = f.revision
   where f.action = 'put'`;

/** The revisions that a job opened and that have not failed, oldest first. */
export async function listJobRevisions(ctx: Context, jobId: string): Promise<RevisionFile[]> {
  const { rows } = await ctx.db.raw<{ rows: RevisionRow[] }>(
    `${REVISION_FILES} and r.job_id = ? and r.outcome <> 'failed' order by f.revision`,
    [jobId],
  );
  return rows.map(toRevisionFile);
}

/** A tenant's file of one revision, as it was sent then. */
export async function findRevisionFile(
  ctx: Context,
  { tenantId, slug, revision }: { tenantId: string; slug: string; revision: number },
): Promise<RevisionFile | undefined> {
  const { rows } = await ctx.db.raw<{ rows: RevisionRow[] }>(
    `${REVISION_FILES} and f.tenant_id = :tenantId and f.slug = :slug and f.revision = :revision`,
    { tenantId, slug, revision },
  );
  return rows[0] && toRevisionFile(rows[0]);
}

function toRevisionFile(row: RevisionRow): RevisionFile {
  return {
    revision: Number(row.revision),
    dropletId: row.droplet_id,
    outcome: row.outcome,
    tenantId: row.tenant_id,
    slug: row.slug,
    state: row.state,
    document: row.document,
    sha256: row.sha256,
    contentSha256: row.content_sha256,
    previousRevision: row.previous_revision === null ? undefined : Number(row.previous_revision),
  };
}
