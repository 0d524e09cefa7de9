import { listEdges, type Edge } from '#domain/droplets/index.ts';
import { mapAtMost } from '#platform/concurrency.ts';
import { AppError, UpstreamFailed } from '#platform/errors.ts';
import { probeEdge, type Wanted } from '../probe.ts';
import type { Change, EdgeContext, EdgeFile, FileError, Progress, RevisionFile, Run } from '../types.ts';
import { failFiles, resolvePublicationAlerts } from './failures.ts';
import { findEdgeFile, listEdgeFiles, listPublicationFiles } from './listings.ts';
import { updateFileOutcomes, updateProofs } from './queries.ts';
import { takeBack } from './revert.ts';

/** Enough to see a thousand stores in seconds, and far below what one address may ask of an edge at once. */
const PROBES_AT_ONCE = 8;

/** One store on one edge: what it should be, and what the probe said against it. */
type Look = { edge: Edge; change: Change; served: EdgeFile | undefined; error: AppError | undefined };

/**
 * Asks every edge over HTTP for every changed store, and records and returns what was seen. Of many, a store that
 * is not served gets its previous bytes back and counts as failed; of one, the probe's error is thrown. An edge that does
 * not answer at all is thrown in both cases: nothing is known of its stores then.
 */
export async function confirmRevisions(
  ctx: EdgeContext,
  { changes, signal, progress, ...key }: Run & { changes: readonly Change[] },
): Promise<Seen[]> {
  const files = await listPublicationFiles(ctx, key);
  const failed = new Set(files.filter((file) => file.outcome === 'failed').map(placeOf));
  const looks = await lookAtAll(ctx, { changes, failed, signal, progress });
  await record(ctx, looks, files);
  const wrong = looks.filter((look) => look.error !== undefined);
  const silent = wrong.find((look) => look.error?.code === 'edge_not_answering');
  if (silent) throw silent.error!;
  if (wrong.length > 0 && changes.length === 1) throw wrong[0]!.error!;
  await giveUp(ctx, wrong, { files, signal });
  return looks.map((look) => toSeen(ctx, look));
}

const placeOf = ({ dropletId, slug }: { dropletId: string; slug: string }) => `${dropletId} ${slug}`;

type Looking = Pick<Run, 'signal'> & {
  changes: readonly Change[];
  failed: ReadonlySet<string>;
  progress: Progress | undefined;
};

async function lookAtAll(ctx: EdgeContext, { changes, failed, signal, progress }: Looking): Promise<Look[]> {
  const edges = await listEdges(ctx);
  const served = await listEdgeFiles(
    ctx,
    changes.map((change) => change.tenantId),
  );
  const byPlace = new Map(served.map((file) => [placeOf(file), file]));
  const pairs = edges.flatMap((edge) => changes.map((change) => ({ edge, change })));
  const wanted = pairs.filter(({ edge, change }) => !failed.has(`${edge.id} ${change.slug}`));
  const silent = new Map<string, AppError>();
  let asked = 0;
  return mapAtMost(wanted, PROBES_AT_ONCE, async ({ edge, change }) => {
    await progress?.(asked++, wanted.length);
    const first = byPlace.get(`${edge.id} ${change.slug}`);
    const known = silent.get(edge.id);
    // One that does not answer would not answer a thousand times either.
    if (known) return { edge, change, served: first, error: known };
    const look = await lookAt(ctx, { edge, change, first, signal });
    if (look.error?.code === 'edge_not_answering') silent.set(edge.id, look.error);
    return look;
  });
}

type Place = { edge: Edge; change: Change; first: EdgeFile | undefined; signal: AbortSignal };

/** By our books, not by the change: a later publication may have gone further already, or may go further while we look. */
async function lookAt(ctx: EdgeContext, { edge, change, first, signal }: Place): Promise<Look> {
  const { slug } = change;
  let served = first;
  let asked = 0;
  const expectation = async (): Promise<Wanted> => {
    if (asked++ > 0) served = await findEdgeFile(ctx, { ...change, dropletId: edge.id });
    if (change.state !== 'absent' && !served)
      throw new UpstreamFailed('edge_not_serving', `${edge.name} does not have ${slug}.`);
    const state = change.state === 'absent' ? 'absent' : served!.state;
    return { host: hostOf(ctx, slug), slug, revision: served?.revision ?? 0, state };
  };
  try {
    await probeEdge(edge, expectation, signal);
    return { edge, change, served, error: undefined };
  } catch (error) {
    if (error instanceof AppError) return { edge, change, served, error };
    throw error;
  }
}

/** The host under which the public asks for a store. */
export const hostOf = (ctx: EdgeContext, slug: string) => `${slug}.${ctx.baseDomain}`;

async function record(ctx: EdgeContext, looks: readonly Look[], files: readonly RevisionFile[]): Promise<void> {
  const at = ctx.clock.now();
  const proofs = looks.flatMap(({ served, error }) => (served ? [{ file: served, probeError: error?.message }] : []));
  await updateProofs(ctx.db, proofs, at);
  const right = new Map<string, EdgeFile | undefined>(
    looks.flatMap(({ edge, change, served, error }) => (error ? [] : [[`${edge.id} ${change.slug}`, served] as const])),
  );
  // One that was overtaken before anybody looked was seen by nobody.
  const isSeen = (file: RevisionFile) => (right.get(placeOf(file))?.revision ?? file.revision) === file.revision;
  const confirmed = files.filter((file) => file.outcome === 'sent' && right.has(placeOf(file)) && isSeen(file));
  await updateFileOutcomes(
    ctx.db,
    confirmed.map((file) => ({ file, outcome: 'confirmed' })),
    at,
  );
  const wrong = new Set([
    ...looks.filter((look) => look.error).map(({ change }) => change.tenantId),
    ...files.filter((file) => file.outcome === 'failed').map((file) => file.tenantId),
  ]);
  const well = looks.map(({ change }) => change.tenantId).filter((id) => !wrong.has(id));
  await resolvePublicationAlerts(ctx, [...new Set(well)]);
}

async function giveUp(
  ctx: EdgeContext,
  wrong: readonly Look[],
  { files, signal }: { files: readonly RevisionFile[]; signal: AbortSignal },
): Promise<void> {
  const byPlace = new Map(files.map((file) => [placeOf(file), file]));
  const failures: { file: RevisionFile; error: FileError }[] = [];
  for (const { edge, change, error } of wrong) {
    const file = byPlace.get(`${edge.id} ${change.slug}`);
    if (file) failures.push({ file, error: { code: error!.code, message: error!.message } });
  }
  // A store that is to be closed is never opened again because it was not seen closed.
  const back = failures.map(({ file }) => file).filter((file) => file.state !== 'suspended');
  await takeBack(ctx, { files: back, signal });
  await failFiles(ctx, failures);
}

/** What one edge was seen to do with one host; no revision for a host that it is to know nothing of. */
export type Seen = { edge: string; host: string; revision: number | undefined; isRight: boolean };

function toSeen(ctx: EdgeContext, { edge, change, served, error }: Look): Seen {
  const revision = change.state === 'absent' ? undefined : served?.revision;
  return { edge: edge.name, host: hostOf(ctx, change.slug), revision, isRight: error === undefined };
}
