import type { Context } from '#platform/context.ts';
import { parseDocument, type TenantDocument } from '../document.ts';
import { differencesOf, type Difference } from '../plan.ts';
import type { FileError, FileOutcome, RevisionOutcome, WantedState } from '../types.ts';

/** One numbered publication on one edge. */
type Revision = {
  number: number;
  dropletId: string;
  edge: string;
  kind: 'tenants' | 'maps';
  author: string;
  reason: string;
  jobId: string | undefined;
  outcome: RevisionOutcome;
  error: FileError | undefined;
  createdAt: Date;
  finishedAt: Date | undefined;
  files: number;
  failed: number;
  /** The store, where it is of one only. */
  slug: string | undefined;
};

type RevisionRow = {
  number: string;
  droplet_id: string;
  edge: string;
  kind: Revision['kind'];
  author: string;
  reason: string;
  job_id: string | null;
  outcome: RevisionOutcome;
  error_code: string | null;
  error_message: string | null;
  created_at: Date;
  finished_at: Date | null;
  files: string;
  failed: string;
  slug: string | null;
};

const REVISIONS = `
  select r.number, r.droplet_id, d.name as edge, r.kind, r.author, r.reason, r.job_id, r.outcome, r.error_code,
         r.error_message, r.created_at, r.finished_at, f.files, f.failed, f.slug
    from platform.edge_revisions r
    join platform.droplets d on d.id = r.droplet_id
    cross join lateral (
      select count(*) as files, count(*) filter (where outcome = 'failed') as failed,
             case when count(*) = 1 then min(slug) end as slug
        from platform.edge_revision_files where revision = r.number) f`;

type RevisionFilter = {
  dropletId?: string | undefined;
  tenantId?: string | undefined;
  outcome?: RevisionOutcome | undefined;
  /** Number of the last revision shown. */
  before?: number | undefined;
  limit: number;
};

/** Revisions, newest first: up to `limit + 1`, so that the caller sees whether there are more. */
export async function listRevisions(ctx: Context, filter: RevisionFilter): Promise<Revision[]> {
  const { rows } = await ctx.db.raw<{ rows: RevisionRow[] }>(
    `${REVISIONS}
      where (:dropletId::uuid is null or r.droplet_id = :dropletId)
        and (:outcome::text is null or r.outcome = :outcome)
        and (:before::bigint is null or r.number < :before)
        and (:tenantId::uuid is null or exists (
              select from platform.edge_revision_files f where f.tenant_id = :tenantId and f.revision = r.number))
      order by r.number desc limit :limit`,
    {
      dropletId: filter.dropletId ?? null,
      tenantId: filter.tenantId ?? null,
      outcome: filter.outcome ?? null,
      before: filter.before ?? null,
      limit: filter.limit + 1,
    },
  );
  return rows.map(toRevision);
}

export async function findRevision(ctx: Context, number: number): Promise<Revision | undefined> {
  const { rows } = await ctx.db.raw<{ rows: RevisionRow[] }>(`${REVISIONS} where r.number = ?`, [number]);
  return rows[0] && toRevision(rows[0]);
}

/** What one revision did to one store's file. */
type RevisionFileDiff = {
  slug: string;
  tenantId: string;
  state: WantedState;
  outcome: FileOutcome;
  error: FileError | undefined;
  previousRevision: number | undefined;
  differences: Difference[];
};

type DiffRow = {
  slug: string;
  tenant_id: string;
  state: WantedState | null;
  outcome: FileOutcome;
  error_code: string | null;
  error_message: string | null;
  document: string | null;
  previous_revision: string | null;
  previous_document: string | null;
};

/** The files of a revision with their differences, failed ones first, then by slug; at most `limit` after `after`. */
export async function listFileDiffs(
  ctx: Context,
  { revision, after = '', limit }: { revision: number; after?: string; limit: number },
): Promise<RevisionFileDiff[]> {
  const { rows } = await ctx.db.raw<{ rows: DiffRow[] }>(
    `select f.slug, f.tenant_id, f.state, f.outcome, f.error_code, f.error_message, f.document::text as document,
            f.previous_revision, p.document::text as previous_document
       from platform.edge_revision_files f
       left join platform.edge_revision_files p
         on (p.tenant_id, p.revision, p.slug) = (f.tenant_id, f.previous_revision, f.slug)
      where f.revision = :revision and f.slug collate "C" > :after
      order by f.slug collate "C" limit :limit`,
    { revision, after, limit },
  );
  return rows.map((row) => ({
    slug: row.slug,
    tenantId: row.tenant_id,
    state: row.state ?? 'absent',
    outcome: row.outcome,
    error: row.error_code === null ? undefined : { code: row.error_code, message: row.error_message ?? '' },
    previousRevision: row.previous_revision === null ? undefined : Number(row.previous_revision),
    differences: differencesOf(documentIn(row.previous_document), documentIn(row.document)),
  }));
}

const documentIn = (text: string | null): TenantDocument | undefined =>
  text === null ? undefined : parseDocument(text);

/** The lines that a maps revision took away and added. */
type MapsDiff = { removed: string[]; added: string[] };

export async function findMapsDiff(ctx: Context, revision: number): Promise<MapsDiff | undefined> {
  const { rows } = await ctx.db.raw<{ rows: { lines: string; before: string | null }[] }>(
    `select m.lines, p.lines as before from platform.edge_revision_maps m
       left join platform.edge_revision_maps p on p.revision = m.previous_revision where m.revision = ?`,
    [revision],
  );
  const [row] = rows;
  if (!row) return undefined;
  const lines = (text: string) => text.split('\n').filter((line) => line !== '');
  const [before, after] = [lines(row.before ?? ''), lines(row.lines)];
  const [had, has] = [new Set(before), new Set(after)];
  return { removed: before.filter((line) => !has.has(line)), added: after.filter((line) => !had.has(line)) };
}

/** A store's document as its last confirmed revision before a moment said it. */
type PastDocument = { tenantId: string; slug: string; revision: number; document: TenantDocument };

/** What every store that is served now said at a moment; a store that was not served then is missing. */
export async function listDocumentsAt(ctx: Context, at: Date): Promise<PastDocument[]> {
  const { rows } = await ctx.db.raw<{
    rows: { tenant_id: string; slug: string; revision: string; document: string }[];
  }>(
    `select distinct on (f.tenant_id) f.tenant_id, f.slug, f.revision, f.document::text as document
       from platform.edge_revision_files f join platform.tenants t on t.id = f.tenant_id
      where f.outcome = 'confirmed' and f.document is not null and f.finished_at <= :at
        and t.status in ('live', 'suspended')
      order by f.tenant_id, f.revision desc`,
    { at },
  );
  return rows.flatMap(({ tenant_id: tenantId, slug, revision, document }) => {
    const parsed = parseDocument(document);
    return parsed ? [{ tenantId, slug, revision: Number(revision), document: parsed }] : [];
  });
}

/** A store's document of one revision, as it was confirmed or sent then. */
export async function findPastDocument(
  ctx: Context,
  { tenantId, revision }: { tenantId: string; revision: number },
): Promise<TenantDocument | undefined> {
  const { rows } = await ctx.db.raw<{ rows: { document: string | null }[] }>(
    `select document::text as document from platform.edge_revision_files
      where tenant_id = :tenantId and revision = :revision and document is not null limit 1`,
    { tenantId, revision },
  );
  return documentIn(rows[0]?.document ?? null);
}

function toRevision(row: RevisionRow): Revision {
  return {
    number: Number(row.number),
    dropletId: row.droplet_id,
    edge: row.edge,
    kind: row.kind,
    author: row.author,
    reason: row.reason,
    jobId: row.job_id ?? undefined,
    outcome: row.outcome,
    error: row.error_code === null ? undefined : { code: row.error_code, message: row.error_message ?? '' },
    createdAt: row.created_at,
    finishedAt: row.finished_at ?? undefined,
    files: Number(row.files),
    failed: Number(row.failed),
    slug: row.slug ?? undefined,
  };
}
