import type { Edge } from '#domain/droplets/index.ts';
import { driftIn, nothingWasChanged, putFiles, type Replacement } from '../agent.ts';
import type { EdgeContext, RevisionFile } from '../types.ts';
import { forgetProofs } from './queries.ts';

type Order = { replacements: readonly Replacement[]; signal: AbortSignal };

/** Puts every file whose place still holds what is expected there, leaves the other places alone, and returns what was put. */
export async function putUnlessDrifted(
  ctx: EdgeContext,
  edge: Edge,
  { replacements, signal }: Order,
): Promise<RevisionFile[]> {
  if (replacements.length === 0) return [];
  try {
    await putFiles(ctx, edge, { replacements, signal });
    return replacements.map(({ file }) => file);
  } catch (error) {
    const files = replacements.map(({ file }) => file);
    if (!nothingWasChanged(error)) await forgetProofs(ctx.db, files);
    const drifted = driftIn(error);
    const left = replacements.filter(({ file }) => drifted?.has(file.slug) === false);
    if (!drifted || left.length === replacements.length) throw error;
    return putUnlessDrifted(ctx, edge, { replacements: left, signal });
  }
}
