import { listEdges, type Edge } from '#domain/droplets/index.ts';
import { mapAtMost } from '#platform/concurrency.ts';
import { AppError } from '#platform/errors.ts';
import { lookOnce } from './probe.ts';
import { hostOf } from './publication/confirm.ts';
import { listFilesToProbe } from './publication/listings.ts';
import { updateProofs } from './publication/queries.ts';
import type { EdgeContext, EdgeFile } from './types.ts';

/** A store counts as seen for this long; up to 3,000 stores are each asked for once in that time. */
const PROBE_EVERY_MS = 60_000;
/** How many stores one call asks for. */
const PROBES_PER_CALL = 50;
const PROBES_AT_ONCE = 4;

/**
 * Asks the edges for the stores that were not looked at for a minute, the longest unseen first, and records what they
 * answered: a store that stops being served is known within a minute, without anybody publishing it. With ten thousand
 * stores a round takes three minutes, and the edges notice nothing of it.
 */
export async function watchStores(ctx: EdgeContext): Promise<void> {
  const edges = new Map((await listEdges(ctx)).map((edge) => [edge.id, edge]));
  const before = new Date(ctx.clock.now().getTime() - PROBE_EVERY_MS);
  const files = await listFilesToProbe(ctx, { before, limit: PROBES_PER_CALL });
  const proofs = await mapAtMost(files, PROBES_AT_ONCE, async (file) => {
    const edge = edges.get(file.dropletId);
    return { file, probeError: edge ? await faultOf(ctx, edge, file) : 'The edge is not enrolled any more.' };
  });
  await updateProofs(ctx.db, proofs, ctx.clock.now());
}

async function faultOf(ctx: EdgeContext, edge: Edge, file: EdgeFile): Promise<string | undefined> {
  try {
    const seen = await lookOnce(edge, { ...file, host: hostOf(ctx, file.slug) });
    return seen === undefined ? undefined : `${edge.name} does not serve ${file.slug} as published: ${seen}.`;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}
