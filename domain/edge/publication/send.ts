import { findEdge, type Edge } from '#domain/droplets/index.ts';
import type { Context } from '#platform/context.ts';
import { Conflict, NotFound, toError } from '#platform/errors.ts';
import { driftIn, isAboutFile, nothingWasChanged, putFiles, tokenOf, type Replacement } from '../agent.ts';
import type { EdgeContext, RevisionFile, Run } from '../types.ts';
import { listEdgeFiles, listPublicationFiles, listUnansweredFiles } from './listings.ts';
import { failFiles } from './failures.ts';
import { forgetProofs, recordOnDisk, updateFileOutcomes } from './queries.ts';

/** What one verb carries: the agent's limit is 2,000 lines. */
const FILES_PER_BUNDLE = 1000;

/**
 * Puts the publication's open files on their edges' disks. Among many, a file that the edge refuses is found by halving,
 * recorded as failed, and the others go on; a publication of one store throws the refusal. Throws Conflict
 * `edge_drifted` when the one file's place holds what nobody published, and whatever keeps the edge from answering.
 */
export async function sendRevisions(ctx: EdgeContext, { signal, progress, ...key }: Run): Promise<SentRevision[]> {
  const files = await listPublicationFiles(ctx, key);
  const isBatch = new Set(files.map((file) => file.slug)).size > 1;
  const sent: SentRevision[] = [];
  for (const dropletId of new Set(files.map((file) => file.dropletId))) {
    const edge = await getEdge(ctx, dropletId);
    const open = files.filter((file) => file.dropletId === dropletId && isOpen(file));
    for (let from = 0; from < open.length; from += FILES_PER_BUNDLE) {
      await progress?.(from, open.length);
      await sendBundle({ ctx, edge, isBatch, signal }, open.slice(from, from + FILES_PER_BUNDLE));
    }
    if (open.length > 0) sent.push({ revision: open[0]!.revision, edge: edge.name });
  }
  return sent;
}

type SentRevision = { revision: number; edge: string };

const isOpen = ({ outcome }: RevisionFile) => outcome === 'pending' || outcome === 'sent';

/** The edge with this id. Throws NotFound `edge_not_found`. */
export async function getEdge(ctx: Context, id: string): Promise<Edge> {
  const edge = await findEdge(ctx, id);
  if (!edge) throw new NotFound('edge_not_found', 'This edge is no longer enrolled as one.');
  return edge;
}

type Sending = { ctx: EdgeContext; edge: Edge; isBatch: boolean; signal: AbortSignal };

async function sendBundle(sending: Sending, files: readonly RevisionFile[]): Promise<void> {
  const { ctx, edge, signal } = sending;
  const replacements = await dropSuperseded(ctx, files);
  if (replacements.length === 0) return;
  const ready = replacements.map(({ file }) => file);
  const at = ctx.clock.now();
  // Before the first byte leaves: from here on the files may be on the disk, whatever becomes of us.
  await updateFileOutcomes(
    ctx.db,
    ready.map((file) => ({ file, outcome: 'sent' })),
    at,
  );
  try {
    await putFiles(ctx, edge, { replacements, signal });
  } catch (error) {
    if (nothingWasChanged(error))
      await updateFileOutcomes(
        ctx.db,
        ready.map((file) => ({ file, outcome: file.outcome })),
        at,
      );
    else await forgetProofs(ctx.db, ready);
    return settleRefusal(sending, replacements, toError(error));
  }
  await recordOnDisk(ctx.db, ready, { at: ctx.clock.now() });
}

/** What each place should hold by our books, leaving out the files that a newer revision has overtaken. */
async function dropSuperseded(ctx: EdgeContext, files: readonly RevisionFile[]): Promise<Replacement[]> {
  const served = await servedAt(ctx, files);
  const replacements = files.map((file) => ({ file, served: served.get(placeOf(file)) }));
  const isLate = ({ file, served: there }: (typeof replacements)[number]) => there && there.revision > file.revision;
  const late = replacements.filter(isLate).map(({ file }) => ({ file, outcome: 'superseded' as const }));
  await updateFileOutcomes(ctx.db, late, ctx.clock.now());
  return replacements
    .filter((one) => !isLate(one))
    .map(({ file, served: there }) => ({ file, expected: tokenOf(there) }));
}

const placeOf = ({ dropletId, slug }: { dropletId: string; slug: string }) => `${dropletId} ${slug}`;

async function servedAt(ctx: EdgeContext, files: readonly RevisionFile[]) {
  const served = await listEdgeFiles(
    ctx,
    files.map((file) => file.tenantId),
  );
  return new Map(served.map((file) => [placeOf(file), file]));
}

/** A refused bundle changed nothing, so what is left of it without the culprit can be sent again. */
async function settleRefusal(sending: Sending, replacements: readonly Replacement[], error: Error): Promise<void> {
  const drifted = driftIn(error);
  if (drifted) return sendWithoutDrifted(sending, { replacements, drifted, error });
  if (!isAboutFile(error)) throw error;
  const [first, ...others] = replacements;
  if (others.length > 0) return halve(sending, replacements);
  return failFile(sending, first!.file, error);
}

async function halve(sending: Sending, replacements: readonly Replacement[]): Promise<void> {
  const files = replacements.map(({ file }) => file);
  const middle = Math.ceil(files.length / 2);
  await sendBundle(sending, files.slice(0, middle));
  await sendBundle(sending, files.slice(middle));
}

/**
 * A place that holds something else: another publication was faster, and our books say so by now or will once its lost
 * answer is made up for; or somebody changed the disk by hand, which is theirs to keep until an operator decides.
 */
async function sendWithoutDrifted(
  sending: Sending,
  { replacements, drifted, error }: { replacements: readonly Replacement[]; drifted: Drifted; error: Error },
): Promise<void> {
  const { ctx, edge } = sending;
  const named = replacements.filter(({ file }) => drifted.has(file.slug));
  if (named.length === 0) throw error;
  const hashes = new Map([...drifted].map(([slug, actual]) => [slug, actual.split(':')[1] ?? '']));
  await recordOnDisk(ctx.db, await listUnansweredFiles(ctx, { dropletId: edge.id, hashes }), { at: ctx.clock.now() });
  const served = await servedAt(
    ctx,
    replacements.map(({ file }) => file),
  );
  const isAsBefore = ({ file, expected }: Replacement) => tokenOf(served.get(placeOf(file))) === expected;
  const changedByHand = new Set(named.filter(isAsBefore).map(({ file }) => file));
  await forgetProofs(ctx.db, [...changedByHand]);
  for (const file of changedByHand) await failFile(sending, file, changedMeanwhile(file, edge));
  const left = replacements.map(({ file }) => file).filter((file) => !changedByHand.has(file));
  if (left.length > 0) await sendBundle(sending, left);
}

type Drifted = ReadonlyMap<string, string>;

function changedMeanwhile({ slug }: RevisionFile, edge: Edge): Conflict {
  const message = `${slug} was changed on ${edge.name} by hand; nothing was overwritten. Restore or adopt it on the Edge page.`;
  return new Conflict('edge_drifted', message);
}

/** Alone, the refusal is the job's; among others, the file's, and an alert names the store. */
async function failFile({ ctx, isBatch }: Sending, file: RevisionFile, error: AgentRefusedOrConflict): Promise<void> {
  if (!isBatch) throw error;
  await failFiles(ctx, [{ file, error: { code: error.code, message: error.message } }]);
}

type AgentRefusedOrConflict = Error & { code: string };
