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
  const concerned = await edgesThatDiffer(ctx, edges, publication);
  return withTransaction(ctx, async (tx) => {
    const numbers: number[] = [];
    for (const edge of concerned) numbers.push(await openRevision(tx, edge, publication));
    return numbers;
  });
}

async function edgesThatDiffer(ctx: EdgeContext, edges: readonly Edge[], publication: Publication): Promise<Edge[]> {
  const known = await readWanted(ctx, publication);
  return edges.filter((edge) => draftsFor(edge, known).length > 0);
}

type Wanted = Known & { changes: readonly Change[] };

/** What shall be published, and what the edges have of it. */
async function readWanted(ctx: EdgeContext, { changes: wanted }: Publication): Promise<Wanted> {
  const changes = typeof wanted === 'function' ? await wanted() : wanted;
  const tenantIds = changes.map((change) => change.tenantId);
  return { changes, faces: await mapPublicFaces(ctx, tenantIds), served: await listEdgeFiles(ctx, tenantIds) };
}

function draftsFor(edge: Edge, { served, ...wanted }: Wanted): Draft[] {
  return draftsOf(wanted, { ...wanted, served: served.filter((file) => file.dropletId === edge.id) });
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
export function draftsOf({ changes }: { changes: readonly Change[] }, { faces, served }: Known): Draft[] {
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

/**
 * The number is drawn before anything is read that shall go under it. Of two publications of one store the one with the
 * higher number stays, and so it must not be the one that knows less: not of a change, and never of a suspension.
 */
async function openRevision(tx: EdgeContext, edge: Edge, publication: Publication): Promise<number> {
  const at = tx.clock.now();
  const { jobId, purpose, author, reason } = publication;
  const order = { dropletId: edge.id, kind: 'tenants', purpose, author, reason, jobId, at } as const;
  const revision = await insertRevision(tx.db, order);
  const wanted = await readWanted(tx, publication);
  const drafts = draftsFor(edge, wanted);
  const [first] = drafts;
  if (wanted.changes.length === 1 && first?.fault !== undefined)
    throw new CancelJob('tenant_document_invalid', first.fault);
  const files = drafts.map((draft) => toFile(draft, revision));
  await insertRevisionFiles(tx.db, { revision, files, at });
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
