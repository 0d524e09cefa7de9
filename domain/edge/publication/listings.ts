import type { Context } from '#platform/context.ts';
import type { EdgeFile, EdgeState, FileContent, FileOutcome, PublicationKey, RevisionFile } from '../types.ts';

type EdgeFileRow = {
  tenant_id: string;
  droplet_id: string;
  slug: string;
  revision: string;
  state: EdgeState;
  sha256: string;
  content_sha256: string;
  confirmed_at: Date | null;
};

/** What the edges serve for these stores, as far as we know; by slug. */
export async function listEdgeFiles(ctx: Context, tenantIds: readonly string[]): Promise<EdgeFile[]> {
  const { rows } = await ctx.db.raw<{ rows: EdgeFileRow[] }>(
    'select * from platform.edge_files where tenant_id = any(:tenantIds::uuid[]) order by slug, droplet_id',
    { tenantIds: [...tenantIds] },
  );
  return rows.map(toEdgeFile);
}

/** What one edge serves for one name of a store, as far as we know. */
export async function findEdgeFile(
  ctx: Context,
  { tenantId, dropletId, slug }: Pick<EdgeFile, 'tenantId' | 'dropletId' | 'slug'>,
): Promise<EdgeFile | undefined> {
  const place = { tenant_id: tenantId, droplet_id: dropletId, slug };
  const row = await ctx.db<EdgeFileRow>('platform.edge_files').where(place).first();
  return row && toEdgeFile(row);
}

/** All that one edge serves, by slug. */
export async function listFilesOfEdge(ctx: Context, dropletId: string): Promise<EdgeFile[]> {
  const rows = await ctx.db<EdgeFileRow>('platform.edge_files').where({ droplet_id: dropletId }).orderBy('slug');
  return rows.map(toEdgeFile);
}

/** The files that nobody asked an edge for since `before`, the longest unseen first. */
export async function listFilesToProbe(
  ctx: Context,
  { before, limit }: { before: Date; limit: number },
): Promise<EdgeFile[]> {
  const { rows } = await ctx.db.raw<{ rows: EdgeFileRow[] }>(
    `select * from platform.edge_files where probed_at is null or probed_at < :before
      order by probed_at nulls first limit :limit`,
    { before, limit },
  );
  return rows.map(toEdgeFile);
}

type RevisionFileRow = {
  revision: string;
  droplet_id: string;
  tenant_id: string;
  slug: string;
  outcome: FileOutcome;
  state: EdgeState | null;
  document: string | null;
  sha256: string | null;
  content_sha256: string | null;
  previous_revision: string | null;
  error_code: string | null;
  error_message: string | null;
};

// The document goes through ::text: pg would parse it, and the bytes that were sent would be gone.
const REVISION_FILES = `
  select f.revision, r.droplet_id, f.tenant_id, f.slug, f.outcome, f.state, f.document::text as document, f.sha256,
         f.content_sha256, f.previous_revision, f.error_code, f.error_message
    from platform.edge_revision_files f join platform.edge_revisions r on r.number = f.revision`;

/** The files of the revisions that a job opened for this purpose and that were not taken back; oldest revision first. */
export async function listPublicationFiles(ctx: Context, { jobId, purpose }: PublicationKey): Promise<RevisionFile[]> {
  const { rows } = await ctx.db.raw<{ rows: RevisionFileRow[] }>(
    `${REVISION_FILES} where r.job_id = :jobId and r.purpose = :purpose and r.outcome <> 'failed'
      order by f.revision, f.slug`,
    { jobId, purpose },
  );
  return rows.map(toRevisionFile);
}

/** Which file of which revision is meant. */
type FileKey = { tenantId: string; slug: string; revision: number };

/** These files as they were sent; those that do not exist are missing. */
export async function listRevisionFiles(ctx: Context, keys: readonly FileKey[]): Promise<RevisionFile[]> {
  const { rows } = await ctx.db.raw<{ rows: RevisionFileRow[] }>(
    `${REVISION_FILES}
      join unnest(:tenantIds::uuid[], :slugs::text[], :revisions::bigint[]) as k (tenant_id, slug, revision)
        on (f.tenant_id, f.slug, f.revision) = (k.tenant_id, k.slug, k.revision)`,
    {
      tenantIds: keys.map((key) => key.tenantId),
      slugs: keys.map((key) => key.slug),
      revisions: keys.map((key) => key.revision),
    },
  );
  return rows.map(toRevisionFile);
}

/**
 * Which of our own files lie at these places of an edge although our books do not say so: sent, and never answered for.
 * Places with other bytes than such a file's are missing.
 */
export async function listUnansweredFiles(
  ctx: Context,
  { dropletId, hashes }: { dropletId: string; hashes: ReadonlyMap<string, string> },
): Promise<RevisionFile[]> {
  const { rows } = await ctx.db.raw<{ rows: RevisionFileRow[] }>(
    `${REVISION_FILES}
      join unnest(:slugs::text[], :hashes::text[]) as k (slug, sha256) on (f.slug, f.sha256) = (k.slug, k.sha256)
     where r.droplet_id = :dropletId and f.outcome = 'sent' order by f.revision`,
    { dropletId, slugs: [...hashes.keys()], hashes: [...hashes.values()] },
  );
  return rows.map(toRevisionFile);
}

function toEdgeFile(row: EdgeFileRow): EdgeFile {
  return {
    tenantId: row.tenant_id,
    dropletId: row.droplet_id,
    slug: row.slug,
    revision: Number(row.revision),
    state: row.state,
    sha256: row.sha256,
    contentSha256: row.content_sha256,
    confirmedAt: row.confirmed_at ?? undefined,
  };
}

function toRevisionFile(row: RevisionFileRow): RevisionFile {
  return {
    revision: Number(row.revision),
    dropletId: row.droplet_id,
    tenantId: row.tenant_id,
    slug: row.slug,
    outcome: row.outcome,
    previousRevision: row.previous_revision === null ? undefined : Number(row.previous_revision),
    error: row.error_code === null ? undefined : { code: row.error_code, message: row.error_message ?? '' },
    ...toContent(row),
  };
}

function toContent({ state, document, sha256, content_sha256: contentSha256 }: RevisionFileRow): FileContent {
  if (state === null || document === null || sha256 === null || contentSha256 === null)
    return { state: 'absent', document: undefined, sha256: undefined, contentSha256: undefined };
  return { state, document, sha256, contentSha256 };
}
