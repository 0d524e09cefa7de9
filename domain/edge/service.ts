import { listEdges, type Edge } from '#domain/droplets/index.ts';
import { getBrandingAndSettings, getTenant } from '#domain/tenants/index.ts';
import { withTransaction } from '#platform/db/index.ts';
import { AppError, Conflict, NotFound, UpstreamFailed } from '#platform/errors.ts';
import { nothingWasSent, putFile, removeFile } from './agent.ts';
import { contentHash, documentText, sha256, tenantDocument, type EdgeState } from './document.ts';
import { findRevisionFile, listEdgeFiles, listJobRevisions } from './listings.ts';
import { probeEdge } from './probe.ts';
import {
  deleteEdgeFile,
  insertRevision,
  insertRevisionFile,
  updateEdgeFileProof,
  updateRevisionOutcome,
  upsertEdgeFile,
} from './queries.ts';
import type { EdgeContext, EdgeFile, RevisionFile } from './types.ts';

/*
 * A publication in three steps, each of which may be repeated after a crash: open the revisions, send them, see them
 * served. A fourth takes them back. The rows say at each moment what may be on an edge's disk.
 */

type Publication = { tenantId: string; state: EdgeState; jobId: string; author: string; reason: string };

/**
 * Renders and checks the tenant's document and opens a revision of it on every edge that does not serve it yet. Returns the
 * numbers of the job's open revisions, none when the edges serve it already. Throws Conflict `no_edge`.
 */
export async function openRevisions(ctx: EdgeContext, publication: Publication): Promise<number[]> {
  const opened = await listJobRevisions(ctx, publication.jobId);
  if (opened.length > 0) return opened.map((file) => file.revision);
  const edges = await listEdges(ctx);
  if (edges.length === 0) throw new Conflict('no_edge', 'There is no edge to publish to. Enrol one, then try again.');
  return withTransaction(ctx, async (tx) => {
    const numbers: number[] = [];
    for (const edge of edges) {
      const number = await openRevision(tx, edge, publication);
      if (number !== undefined) numbers.push(number);
    }
    return numbers;
  });
}

async function openRevision(tx: EdgeContext, edge: Edge, publication: Publication): Promise<number | undefined> {
  const { tenantId, state, jobId, author, reason } = publication;
  const tenant = await getTenant(tx, tenantId);
  const { branding } = await getBrandingAndSettings(tx, tenantId);
  const source = { tenant, branding, state };
  const served = (await listEdgeFiles(tx, tenantId)).find(
    (file) => file.dropletId === edge.id && file.slug === tenant.slug,
  );
  // Any number will do: the hash leaves it out. What no probe has seen is sent again, since the disk may have lost it.
  const wanted = contentHash(tenantDocument(source, 1));
  if (served?.confirmedAt && served.contentSha256 === wanted) return undefined;
  const revision = await insertRevision(tx.db, { dropletId: edge.id, author, reason, jobId, at: tx.clock.now() });
  const document = tenantDocument(source, revision);
  const text = documentText(document);
  await insertRevisionFile(tx.db, {
    tenantId,
    revision,
    slug: tenant.slug,
    state,
    document: text,
    sha256: sha256(text),
    contentSha256: wanted,
    previousRevision: served?.revision,
    previousSha256: served?.sha256,
  });
  return revision;
}

/** Puts the job's open revisions on their edges' disks. Returns what was sent where. */
export async function sendRevisions(ctx: EdgeContext, { jobId, signal }: Run): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (const file of await listJobRevisions(ctx, jobId)) {
    if (file.outcome === 'confirmed') continue;
    const edge = await getEdge(ctx, file.dropletId);
    await sendRevision(ctx, edge, { file, signal });
    sent.push({ revision: file.revision, edge: edge.name });
  }
  return sent;
}

type Run = { jobId: string; signal: AbortSignal };
type Sent = { revision: number; edge: string };

async function sendRevision(
  ctx: EdgeContext,
  edge: Edge,
  { file, signal }: { file: RevisionFile; signal: AbortSignal },
) {
  // Before the first byte leaves: from here on the file may be on the disk, whatever becomes of us.
  await updateRevisionOutcome(ctx.db, file.revision, { outcome: 'sent' });
  try {
    await putFile(ctx, edge, { file, signal });
  } catch (error) {
    if (nothingWasSent(error)) await updateRevisionOutcome(ctx.db, file.revision, { outcome: file.outcome });
    throw error;
  }
  await upsertEdgeFile(ctx.db, file, ctx.clock.now());
}

/**
 * Asks every edge over HTTP for what it should serve for the tenant, and marks it and the job's revisions confirmed.
 * Returns what was seen. Throws the probe's error, which is kept as the file's proof of failure.
 */
export async function confirmTenant(ctx: EdgeContext, { tenantId, jobId, signal }: Run & { tenantId: string }) {
  const files = await listEdgeFiles(ctx, tenantId);
  if (files.length === 0) throw new UpstreamFailed('edge_not_serving', 'No edge serves this store.');
  const revisions = await listJobRevisions(ctx, jobId);
  const seen: (Sent & { host: string })[] = [];
  for (const file of files) {
    const edge = await getEdge(ctx, file.dropletId);
    await confirmFile(ctx, edge, { file, signal });
    const isOurs = revisions.some((opened) => opened.revision === file.revision);
    if (isOurs) await updateRevisionOutcome(ctx.db, file.revision, { outcome: 'confirmed', at: ctx.clock.now() });
    seen.push({ edge: edge.name, host: hostOf(ctx, file), revision: file.revision });
  }
  return seen;
}

async function confirmFile(ctx: EdgeContext, edge: Edge, { file, signal }: { file: EdgeFile; signal: AbortSignal }) {
  try {
    await probeEdge(edge, { ...file, host: hostOf(ctx, file) }, signal);
  } catch (error) {
    if (error instanceof AppError) await updateEdgeFileProof(ctx.db, file, { probeError: error.message });
    throw error;
  }
  await updateEdgeFileProof(ctx.db, file, { confirmedAt: ctx.clock.now() });
}

const hostOf = (ctx: EdgeContext, { slug }: { slug: string }) => `${slug}.${ctx.baseDomain}`;

/**
 * Makes the edges serve what they served before the job: the previous revision's bytes again, or nothing. Not the agent's
 * own `rollback`: when our put never got as far as the disk, that would go back one change too far.
 */
export async function revertRevisions(
  ctx: EdgeContext,
  { jobId, signal, reason }: Run & { reason: string },
): Promise<void> {
  for (const file of (await listJobRevisions(ctx, jobId)).toReversed()) {
    if (file.outcome !== 'pending') await revertFile(ctx, await getEdge(ctx, file.dropletId), { file, signal });
    await updateRevisionOutcome(ctx.db, file.revision, {
      outcome: 'failed',
      error: { code: 'reverted', message: reason },
      at: ctx.clock.now(),
    });
  }
}

async function revertFile(ctx: EdgeContext, edge: Edge, { file, signal }: { file: RevisionFile; signal: AbortSignal }) {
  const previous =
    file.previousRevision === undefined
      ? undefined
      : await findRevisionFile(ctx, { ...file, revision: file.previousRevision });
  if (previous) {
    await putFile(ctx, edge, { file: previous, signal });
    await upsertEdgeFile(ctx.db, previous, ctx.clock.now());
    // The bytes are back whether or not HTTP works just now, so a failed look is only noted (confirmFile did).
    await confirmFile(ctx, edge, { file: { ...previous, confirmedAt: undefined }, signal }).catch(unlessUnexpected);
  } else {
    await removeFile(ctx, edge, { slug: file.slug, signal });
    await deleteEdgeFile(ctx.db, file);
  }
}

function unlessUnexpected(error: unknown): void {
  if (!(error instanceof AppError)) throw error;
}

async function getEdge(ctx: EdgeContext, id: string): Promise<Edge> {
  const edge = (await listEdges(ctx)).find((droplet) => droplet.id === id);
  if (!edge) throw new NotFound('edge_not_found', 'This edge is no longer enrolled as one.');
  return edge;
}
