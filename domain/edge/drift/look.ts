import { openAlert, resolveAlert } from '#domain/alerts/index.ts';
import { listEdges, type Edge } from '#domain/droplets/index.ts';
import { withTransaction } from '#platform/db/index.ts';
import { AppError } from '#platform/errors.ts';
import { readFileOf, readManifest } from '../agent.ts';
import { getEdgeMaps } from '../maps/listings.ts';
import { listFilesOfEdge } from '../publication/listings.ts';
import type { EdgeContext } from '../types.ts';
import { compare, type Finding } from './compare.ts';
import { listDrift, listUnanswered } from './listings.ts';
import { replaceDrift, upsertLook } from './queries.ts';

/** Compares the disk of every edge with what was published there. An edge that does not answer is noted, not judged. */
export async function lookForDrift(ctx: EdgeContext): Promise<void> {
  const looks = (await listEdges(ctx)).map((edge) =>
    lookAtEdge(ctx, edge).catch(async (error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      await upsertLook(ctx.db, { dropletId: edge.id, at: ctx.clock.now(), errorMessage: error.message });
    }),
  );
  await Promise.all(looks);
}

/** Compares one edge's disk, records what differs, and opens or resolves the alert about it. Throws as the pool does. */
export async function lookAtEdge(ctx: EdgeContext, edge: Edge): Promise<Finding[]> {
  const findings = await findDifferences(ctx, edge);
  const found = await withBytes(ctx, edge, findings);
  const at = ctx.clock.now();
  await withTransaction(ctx, async (tx) => {
    await replaceDrift(tx.db, { dropletId: edge.id, findings: found, at });
    await upsertLook(tx.db, { dropletId: edge.id, at, errorMessage: undefined });
    if (findings.length === 0) await resolveAlert(tx, driftAlert(edge));
    else
      await openAlert(tx, {
        key: driftAlert(edge),
        severity: 'warning',
        title: `${edge.name} holds something that was not published`,
        detail: `${describe(findings)}. Nothing is overwritten until somebody restores or adopts it on the Edge page.`,
      });
  });
  return findings;
}

const driftAlert = (edge: Edge) => `edge:${edge.name}:drift`;

/**
 * The manifest is not of one moment with our books: a publication may end while it is read. So only what differs from the
 * books before as well as after it counts.
 */
async function findDifferences(ctx: EdgeContext, edge: Edge): Promise<Finding[]> {
  const before = await readBooks(ctx, edge);
  const manifest = await readManifest(ctx, edge);
  const after = await readBooks(ctx, edge);
  const earlier = new Set(compare(before, manifest).map(keyOf));
  return compare(after, manifest).filter((finding) => earlier.has(keyOf(finding)));
}

const keyOf = ({ kind, name }: Finding) => `${kind} ${name}`;

async function readBooks(ctx: EdgeContext, edge: Edge) {
  const unanswered = await listUnanswered(ctx, edge.id);
  return {
    files: await listFilesOfEdge(ctx, edge.id),
    mapsSha256: (await getEdgeMaps(ctx, edge.id)).sha256,
    isUnanswered: (name: string, hash: string) => unanswered.has(`${name} ${hash}`),
  };
}

/** A tree that was wiped or replaced differs everywhere; a person reads the first few differences, not thousands. */
const MAX_READ = 20;

async function withBytes(ctx: EdgeContext, edge: Edge, findings: readonly Finding[]) {
  const known = new Map((await listDrift(ctx, { dropletId: edge.id })).map((drift) => [keyOf(drift), drift]));
  const isNews = (finding: Finding) =>
    (finding.kind === 'edited' || finding.kind === 'unknown') && known.get(keyOf(finding))?.actual !== finding.actual;
  const toRead = new Set(findings.filter(isNews).slice(0, MAX_READ));
  const found: (Finding & { found: string | undefined })[] = [];
  for (const finding of findings)
    found.push({ ...finding, found: toRead.has(finding) ? await readBytes(ctx, edge, finding.name) : undefined });
  return found;
}

async function readBytes(ctx: EdgeContext, edge: Edge, slug: string): Promise<string | undefined> {
  try {
    // A NUL, which PostgreSQL takes in no text, can only be in a file that is none of ours.
    return (await readFileOf(ctx, edge, slug)).replaceAll('\0', '\uFFFD');
  } catch (error) {
    // Gone again, or too large to be a store's: that it differs is known without its bytes.
    if (error instanceof AppError && error.code === 'agent_refused') return undefined;
    throw error;
  }
}

function describe(findings: readonly Finding[]): string {
  const few = findings.slice(0, 5).map(({ kind, name }) => `${name} (${kind})`);
  return findings.length > few.length ? `${few.join(', ')} and ${findings.length - few.length} more` : few.join(', ');
}
