import { listEdges, type Edge } from '#domain/droplets/index.ts';
import { mapPublicFaces, type PublicFace } from '#domain/tenants/index.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict } from '#platform/errors.ts';
import { CancelJob } from '#platform/jobs/steering.ts';
import { contentHash, documentFault, documentText, draftDocument, sha256 } from '../document.ts';
import type { Change, EdgeContext, EdgeFile, FileContent, FileError, Publication, RevisionFile } from '../types.ts';
import { openPublicationAlerts } from './failures.ts';
import { listEdgeFiles, listPublicationFiles } from './listings.ts';
import { insertRevision, insertRevisionFiles } from './queries.ts';

/**
 * Renders and checks the documents of all changes and opens a revision of those that differ on every edge. Returns the
 * numbers of the publication's revisions, none when the edges serve all of it already. A document that breaks its schema
 * is a failed file of the revision, so that the others go on; alone it ends the job. Throws Conflict `no_edge` and
 * CancelJob `tenant_document_invalid`.
 */
export async function openRevisions(ctx: EdgeContext, publication: Publication): Promise<number[]> {
  const opened = await listPublicationFiles(ctx, publication);
  if (opened.length > 0) return [...new Set(opened.map((file) => file.revision))];
  const edges = await listEdges(ctx);
  if (edges.length === 0) throw new Conflict('no_edge', 'There is no edge to publish to. Enrol one, then try again.');
  return withTransaction(ctx, async (tx) => {
    const tenantIds = publication.changes.map((change) => change.tenantId);
    const faces = await mapPublicFaces(tx, tenantIds);
    const files = await listEdgeFiles(tx, tenantIds);
    const numbers: number[] = [];
    for (const edge of edges) {
      const served = files.filter((file) => file.dropletId === edge.id);
      const number = await openRevision(tx, edge, { publication, drafts: draftsOf(publication, { faces, served }) });
      if (number !== undefined) numbers.push(number);
    }
    return numbers;
  });
}

/** What would be sent for a change, whatever its revision's number will be. */
export type Draft = {
  change: Change;
  face: PublicFace | undefined;
  served: EdgeFile | undefined;
  fault: string | undefined;
};

type Known = { faces: ReadonlyMap<string, PublicFace>; served: readonly EdgeFile[] };

/** The changes that one edge does not serve yet, with what is wrong with each. */
export function draftsOf({ changes }: Pick<Publication, 'changes'>, { faces, served }: Known): Draft[] {
  const bySlug = new Map(served.map((file) => [file.slug, file]));
  const drafts: Draft[] = [];
  for (const change of changes) {
    const draft = { change, face: faces.get(change.tenantId), served: bySlug.get(change.slug) };
    const fault = faultOf(draft);
    if (fault !== undefined || !isServed(draft)) drafts.push({ ...draft, fault });
  }
  return drafts;
}

function faultOf({ change, face }: Pick<Draft, 'change' | 'face'>): string | undefined {
  if (change.state === 'absent') return undefined;
  if (!face) return `There is no store ${change.slug}.`;
  return documentFault(draftDocument({ ...face, slug: change.slug, state: change.state }, 1));
}

/** What no probe has seen is sent again, since the disk may have lost it. */
function isServed({ change, face, served }: Pick<Draft, 'change' | 'face' | 'served'>): boolean {
  if (change.state === 'absent') return served === undefined;
  if (!served?.confirmedAt || !face) return false;
  // Any number will do: the hash leaves it out.
  return served.contentSha256 === contentHash(draftDocument({ ...face, slug: change.slug, state: change.state }, 1));
}

type Opening = { publication: Publication; drafts: readonly Draft[] };

async function openRevision(
  tx: EdgeContext,
  edge: Edge,
  { publication, drafts }: Opening,
): Promise<number | undefined> {
  const [first] = drafts;
  if (!first) return undefined;
  if (publication.changes.length === 1 && first.fault !== undefined)
    throw new CancelJob('tenant_document_invalid', first.fault);
  const at = tx.clock.now();
  const { jobId, purpose, author, reason } = publication;
  const order = { dropletId: edge.id, kind: 'tenants', purpose, author, reason, jobId, at } as const;
  const revision = await insertRevision(tx.db, order);
  const files = drafts.map((draft) => toFile(draft, revision));
  await insertRevisionFiles(tx.db, files, at);
  const failures = files.flatMap(({ slug, tenantId, error }) => (error ? [{ slug, tenantId, error }] : []));
  await openPublicationAlerts(tx, failures);
  return revision;
}

function toFile({ change, face, served, fault }: Draft, revision: number) {
  const error: FileError | undefined =
    fault === undefined ? undefined : { code: 'tenant_document_invalid', message: fault };
  return {
    revision,
    tenantId: change.tenantId,
    slug: change.slug,
    outcome: error ? ('failed' as const) : ('pending' as const),
    error,
    previousRevision: served?.revision,
    previousSha256: served?.sha256,
    ...contentOf(change, face, revision),
  } satisfies Omit<RevisionFile, 'dropletId'> & { previousSha256: string | undefined };
}

function contentOf(change: Change, face: PublicFace | undefined, revision: number): FileContent {
  if (change.state === 'absent' || !face)
    return { state: 'absent', document: undefined, sha256: undefined, contentSha256: undefined };
  const document = draftDocument({ ...face, slug: change.slug, state: change.state }, revision);
  const text = documentText(document);
  return { state: change.state, document: text, sha256: sha256(text), contentSha256: contentHash(document) };
}
