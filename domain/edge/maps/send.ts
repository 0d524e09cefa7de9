import type { Edge } from '#domain/droplets/index.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict, toError } from '#platform/errors.ts';
import { driftIn, isAboutMaps, nothingWasChanged, putMaps } from '../agent.ts';
import { sha256 } from '../document.ts';
import { probeHealth } from '../probe.ts';
import { insertRevision } from '../publication/queries.ts';
import type { EdgeContext } from '../types.ts';
import { textOf } from './lines.ts';
import { findUnansweredMaps, type EdgeMaps } from './listings.ts';
import { giveUpUnanswered, insertRevisionMaps, updateEdgeMaps, updateMapsOutcome } from './queries.ts';
import { recordReload } from './reloads.ts';

/** For whom, by whom and why maps are published. */
export type MapsOrder = {
  jobId: string;
  author: string;
  reason: string;
  /** The stores whose lines must be right when it is done; without it all of them. */
  slugs?: readonly string[];
  signal: AbortSignal;
};

type Sending = { order: MapsOrder; lines: readonly string[]; there: EdgeMaps };

/**
 * Opens a revision of these maps, sends it in the place of those that are there by our books, and sees the edge answer.
 * Returns the revision's number, or that the edge had maps of an earlier revision whose answer was lost: the books say so
 * now, and it can be tried again. Throws what the agent refuses, and Conflict `edge_drifted`.
 */
export async function sendMaps(
  ctx: EdgeContext,
  edge: Edge,
  { order, lines, there }: Sending,
): Promise<number | 'books corrected'> {
  const text = textOf(lines);
  const hash = sha256(text);
  const { revision, isRepeat } = await openMapsRevision(ctx, edge, { order, text, hash, there });
  const startedMs = performance.now();
  try {
    const expected = there.sha256 ?? 'absent';
    const isReloaded = await putMaps(ctx, edge, { lines: text, expected, signal: order.signal });
    await withTransaction(ctx, async (tx) => {
      await updateEdgeMaps(tx.db, { dropletId: edge.id, revision, sha256: hash, at: tx.clock.now() });
      if (isReloaded) await recordReload(tx, edge, { ...order, startedMs });
    });
  } catch (error) {
    return settleFailure(ctx, edge, { order, revision, isRepeat, startedMs, error: toError(error) });
  }
  await probeHealth(edge, order.signal);
  const at = ctx.clock.now();
  await updateMapsOutcome(ctx.db, revision, { outcome: 'confirmed', at });
  await giveUpUnanswered(ctx.db, { dropletId: edge.id, before: revision, at });
  return revision;
}

type Opening = { order: MapsOrder; text: string; hash: string; there: EdgeMaps };

/**
 * Marked as sent from the start: from here on the edge may have them, whatever becomes of us. An earlier try of the same
 * that was never answered is gone on with.
 */
async function openMapsRevision(
  ctx: EdgeContext,
  edge: Edge,
  { order, text, hash, there }: Opening,
): Promise<{ revision: number; isRepeat: boolean }> {
  const unanswered = await findUnansweredMaps(ctx, { dropletId: edge.id, sha256: hash });
  if (unanswered !== undefined) return { revision: unanswered, isRepeat: true };
  const { jobId, author, reason } = order;
  return withTransaction(ctx, async (tx) => {
    const at = tx.clock.now();
    const opening = { dropletId: edge.id, kind: 'maps', purpose: 'maps', author, reason, jobId, at } as const;
    const revision = await insertRevision(tx.db, opening);
    await insertRevisionMaps(tx.db, { revision, lines: text, sha256: hash, previousRevision: there.revision });
    await updateMapsOutcome(tx.db, revision, { outcome: 'sent', at });
    return { revision, isRepeat: false };
  });
}

type Failure = { order: MapsOrder; revision: number; isRepeat: boolean; startedMs: number; error: Error };

async function settleFailure(
  ctx: EdgeContext,
  edge: Edge,
  { order, revision, isRepeat, startedMs, error }: Failure,
): Promise<'books corrected'> {
  if (!nothingWasChanged(error)) throw error;
  const drifted = driftIn(error);
  const isRefused = isAboutMaps(error);
  // That this try changed nothing does not tell what an earlier one did.
  if (isRepeat && !drifted && !isRefused) throw error;
  const code = drifted ? 'edge_drifted' : isRefused ? 'edge_maps_refused' : error.code;
  const failure = { code, message: error.message };
  await updateMapsOutcome(ctx.db, revision, { outcome: 'failed', at: ctx.clock.now(), error: failure });
  if (isRefused) await recordReload(ctx, edge, { ...order, startedMs, errorMessage: error.message });
  if (!drifted) throw error;
  await correctBooks(ctx, edge, drifted.get('maps') ?? '');
  return 'books corrected';
}

/** The edge has other maps than our books say: those of a revision whose answer was lost, or somebody's own. */
async function correctBooks(ctx: EdgeContext, edge: Edge, actual: string): Promise<void> {
  const revision = await findUnansweredMaps(ctx, { dropletId: edge.id, sha256: actual });
  if (revision === undefined)
    throw new Conflict('edge_drifted', `The maps of ${edge.name} were changed by hand; nothing was overwritten.`);
  await updateEdgeMaps(ctx.db, { dropletId: edge.id, revision, sha256: actual, at: ctx.clock.now() });
}
