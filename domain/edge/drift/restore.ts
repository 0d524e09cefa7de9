import type { Edge } from '#domain/droplets/index.ts';
import { cleanFile, putMaps } from '../agent.ts';
import { getEdgeMaps } from '../maps/listings.ts';
import { listFilesOfEdge, listRevisionFiles } from '../publication/listings.ts';
import { putUnlessDrifted } from '../publication/put.ts';
import { getEdge } from '../publication/send.ts';
import type { EdgeContext, RevisionFile } from '../types.ts';
import type { DriftKind, Finding } from './compare.ts';
import { lookAtEdge } from './look.ts';

/** What an operator saw and wants undone; `actual` is what the place held then. */
type Restoration = {
  dropletId: string;
  findings: readonly { kind: DriftKind; name: string; actual: string }[];
};

/**
 * Makes an edge hold again what was published, unless a place has changed once more since the operator saw it. May be
 * repeated. Returns what still differs.
 */
export async function restoreEdge(
  ctx: EdgeContext,
  { dropletId, findings, signal }: Restoration & { signal: AbortSignal },
): Promise<{ edge: string; left: Finding[] }> {
  const edge = await getEdge(ctx, dropletId);
  const ofKind = (...kinds: DriftKind[]) => findings.filter((finding) => kinds.includes(finding.kind));
  await restoreFiles(ctx, edge, { findings: ofKind('edited', 'deleted', 'unknown'), signal });
  for (const slug of ofKind('mode', 'foreign').map(slugIn).filter(isSlug)) await cleanFile(ctx, edge, slug);
  const [maps] = ofKind('maps');
  if (maps) {
    const { lines } = await getEdgeMaps(ctx, dropletId);
    await putMaps(ctx, edge, { lines, expected: maps.actual, signal });
  }
  return { edge: edge.name, left: await lookAtEdge(ctx, edge) };
}

/** `suspended/acme.json` is acme's. */
const slugIn = ({ name }: { name: string }) => name.replace(/^.*\//, '').replace(/\.json$/, '');
/** Of a name that is no slug nothing is served, and the agent takes nothing but slugs: a person must look. */
const isSlug = (name: string) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name);

type Files = { findings: Restoration['findings']; signal: AbortSignal };

async function restoreFiles(ctx: EdgeContext, edge: Edge, { findings, signal }: Files): Promise<void> {
  const published = new Map((await publishedOn(ctx, edge)).map((file) => [file.slug, file]));
  const replacements = findings.map(({ name, actual }) => ({
    file: published.get(name) ?? absentFile(edge, name),
    expected: actual,
  }));
  await putUnlessDrifted(ctx, edge, { replacements, signal });
}

async function publishedOn(ctx: EdgeContext, edge: Edge): Promise<RevisionFile[]> {
  return listRevisionFiles(ctx, await listFilesOfEdge(ctx, edge.id));
}

function absentFile(edge: Edge, slug: string): RevisionFile {
  return {
    revision: 0,
    dropletId: edge.id,
    tenantId: '',
    slug,
    outcome: 'pending',
    previousRevision: undefined,
    error: undefined,
    state: 'absent',
    document: undefined,
    sha256: undefined,
    contentSha256: undefined,
  };
}
