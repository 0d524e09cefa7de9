import type { Edge } from '#domain/droplets/index.ts';
import { tokenOf } from '../agent.ts';
import type { EdgeContext, EdgeFile, RevisionFile, Run } from '../types.ts';
import { listEdgeFiles, listPublicationFiles, listRevisionFiles } from './listings.ts';
import { putUnlessDrifted } from './put.ts';
import { recordOnDisk, updateFileOutcomes } from './queries.ts';
import { getEdge } from './send.ts';

/**
 * Makes the edges serve what they served before the publication: the previous revisions' bytes again, or nothing. What a
 * newer revision, or a person's hand, has put there since is left alone. May be repeated.
 */
export async function revertRevisions(
  ctx: EdgeContext,
  { signal, reason, ...key }: Run & { reason: string },
): Promise<void> {
  const files = (await listPublicationFiles(ctx, key)).filter((file) => file.outcome !== 'failed');
  const sent = files.filter(({ outcome }) => outcome === 'sent' || outcome === 'confirmed');
  await takeBack(ctx, { files: sent, signal });
  const error = { code: 'reverted', message: reason };
  const at = ctx.clock.now();
  await updateFileOutcomes(
    ctx.db,
    files.map((file) => ({ file, outcome: 'failed', error })),
    at,
  );
}

type Sent = { files: readonly RevisionFile[]; signal: AbortSignal };

/** Puts back, edge by edge, what these files replaced. */
export async function takeBack(ctx: EdgeContext, { files, signal }: Sent): Promise<void> {
  for (const dropletId of new Set(files.map((file) => file.dropletId))) {
    const edge = await getEdge(ctx, dropletId);
    await takeBackOn(ctx, edge, { files: files.filter((file) => file.dropletId === dropletId), signal });
  }
}

async function takeBackOn(ctx: EdgeContext, edge: Edge, { files, signal }: Sent): Promise<void> {
  const served = await listEdgeFiles(
    ctx,
    files.map((file) => file.tenantId),
  );
  const there = new Map(served.filter((file) => file.dropletId === edge.id).map((file) => [file.slug, file]));
  const ours = files.filter((file) => !isOvertaken(file, there.get(file.slug)));
  const previous = await previousOf(ctx, ours);
  // The file may be on the disk although our books do not say so: then its own bytes are what there is to replace.
  const replacements = ours.map((file, index) => ({ file: previous[index]!, expected: tokenOf(onDisk(file)) }));
  // A place that holds neither ours nor what was before is somebody else's by now.
  const put = await putUnlessDrifted(ctx, edge, { replacements, signal });
  await recordOnDisk(ctx.db, put, { at: ctx.clock.now(), isTakingBack: true });
}

const isOvertaken = (file: RevisionFile, there: EdgeFile | undefined) =>
  there !== undefined && there.revision > file.revision;

const onDisk = (file: RevisionFile) => (file.state === 'absent' ? undefined : file);

/** What each file replaced, in their order; a file that is to go where there was none. */
async function previousOf(ctx: EdgeContext, files: readonly RevisionFile[]): Promise<RevisionFile[]> {
  const keys = files.filter(hasPrevious).map((file) => ({ ...file, revision: file.previousRevision }));
  const found = new Map((await listRevisionFiles(ctx, keys)).map((file) => [`${file.slug} ${file.revision}`, file]));
  return files.map((file) => {
    const before = found.get(`${file.slug} ${file.previousRevision}`);
    return before ?? { ...file, state: 'absent', document: undefined, sha256: undefined, contentSha256: undefined };
  });
}

const hasPrevious = (file: RevisionFile): file is RevisionFile & { previousRevision: number } =>
  file.previousRevision !== undefined;
