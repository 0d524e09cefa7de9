import type { Context } from '#platform/context.ts';
import { NotFound } from '#platform/errors.ts';
import { parseDocument, type TenantDocument } from '../document.ts';
import { differencesOf, type Difference } from '../plan.ts';
import type { FileError, FileOutcome, RevisionOutcome, WantedState } from '../types.ts';

/** One numbered publication on one edge. */
export type Revision = {
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

/** The revision with this number. Throws NotFound `revision_not_found`, also for no number at all. */
export async function getRevision(ctx: Context, number: number | undefined): Promise<Revision> {
  const { rows } = await ctx.db.raw<{ rows: RevisionRow[] }>(`${REVISIONS} where r.number = ?`, [number ?? null]);
  if (!rows[0]) throw new NotFound('revision_not_found', 'There is no such revision.');
  return toRevision(rows[0]);
}

/** What one revision did to one store's file. */
export type RevisionFileDiff = {
  slug: string;
  tenantId: string;
  state: WantedState;
  outcome: FileOutcome;
  error: FileError | undefined;
  previousRevision: number | undefined;
  /** When it was confirmed, or given up. */
  finishedAt: Date | undefined;
  /** What the edge has for the store now, and what the last probe of it saw; undefined when it has nothing. */
  served: { revision: number; probedAt: Date | undefined; probeError: string | undefined } | undefined;
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
  finished_at: Date | null;
  served_revision: string | null;
  probed_at: Date | null;
  probe_error: string | null;
};

type FileFilter = {
  revision: number;
  slug?: string | undefined;
  onlyFailed?: boolean;
  /** Slug of the last file shown. */
  after?: string | undefined;
  limit: number;
};

/** The files of a revision with their differences, by slug: up to `limit + 1`, so that the caller sees whether there is more. */
export async function listFileDiffs(
  ctx: Context,
  { revision, slug, onlyFailed = false, after = '', limit }: FileFilter,
): Promise<RevisionFileDiff[]> {
  const { rows } = await ctx.db.raw<{ rows: DiffRow[] }>(
    `select f.slug, f.tenant_id, f.state, f.outcome, f.error_code, f.error_message, f.document::text as document,
            f.previous_revision, f.finished_at, p.document::text as previous_document,
            e.revision as served_revision, e.probed_at, e.probe_error
       from platform.edge_revision_files f
       join platform.edge_revisions r on r.number = f.revision
       left join platform.edge_revision_files p
         on (p.tenant_id, p.revision, p.slug) = (f.tenant_id, f.previous_revision, f.slug)
       left join platform.edge_files e on (e.tenant_id, e.droplet_id, e.slug) = (f.tenant_id, r.droplet_id, f.slug)
      where f.revision = :revision and f.slug collate "C" > :after
        and (:slug::text is null or f.slug = :slug) and (not :onlyFailed or f.outcome = 'failed')
      order by f.slug collate "C" limit :limit`,
    { revision, slug: slug ?? null, onlyFailed, after, limit: limit + 1 },
  );
  return rows.map(toFileDiff);
}

function toFileDiff(row: DiffRow): RevisionFileDiff {
  return {
    slug: row.slug,
    tenantId: row.tenant_id,
    state: row.state ?? 'absent',
    outcome: row.outcome,
    error: row.error_code === null ? undefined : { code: row.error_code, message: row.error_message ?? '' },
    previousRevision: row.previous_revision === null ? undefined : Number(row.previous_revision),
    finishedAt: row.finished_at ?? undefined,
    served: row.served_revision === null ? undefined : toServed(row, row.served_revision),
    differences: differencesOf(documentIn(row.previous_document), documentIn(row.document)),
  };
}

function toServed({ probed_at: probedAt, probe_error: probeError }: DiffRow, revision: string) {
  return { revision: Number(revision), probedAt: probedAt ?? undefined, probeError: probeError ?? undefined };
}

const documentIn = (text: string | null): TenantDocument | undefined =>
  text === null ? undefined : parseDocument(text);

/** The lines that a maps revision took away and added. */
export type MapsDiff = { removed: string[]; added: string[] };

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

/** A store's document of one revision, where an edge had it then. */
export async function findPastDocument(
  ctx: Context,
  { tenantId, revision }: { tenantId: string; revision: number },
): Promise<TenantDocument | undefined> {
  const { rows } = await ctx.db.raw<{ rows: { document: string | null }[] }>(
    `select document::text as document from platform.edge_revision_files
      where tenant_id = :tenantId and revision = :revision and document is not null
        and outcome in ('sent', 'confirmed') limit 1`,
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
