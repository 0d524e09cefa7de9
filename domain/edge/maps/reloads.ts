import { setTimeout as pause } from 'node:timers/promises';
import type { Edge } from '#domain/droplets/index.ts';
import { AppError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { reloadNginx } from '../agent.ts';
import { probeEdge, probeHealth } from '../probe.ts';
import { listFilesOfEdge } from '../publication/listings.ts';
import { getEdge } from '../publication/send.ts';
import type { EdgeContext } from '../types.ts';
import { getEdgeMaps, type EdgeMaps } from './listings.ts';
import { insertReload } from './queries.ts';

/** Each reload leaves old workers that drain; more often, and a small machine holds more of those than of new ones. */
const RELOAD_EVERY_MS = 2000;

/** How long an edge's next reload has to wait, in ms. */
export function reloadDistance({ reloadedAt }: Pick<EdgeMaps, 'reloadedAt'>, now: Date): number {
  if (!reloadedAt) return 0;
  return Math.min(RELOAD_EVERY_MS, Math.max(0, reloadedAt.getTime() + RELOAD_EVERY_MS - now.getTime()));
}

type Reload = { author: string; reason: string; jobId?: string; startedMs: number; errorMessage?: string };

/** Writes down that an edge reloaded just now, or why it refused to. */
export async function recordReload(ctx: EdgeContext, edge: Edge, reload: Reload): Promise<void> {
  await insertReload(ctx.db, {
    id: newId(),
    dropletId: edge.id,
    at: ctx.clock.now(),
    author: reload.author,
    reason: reload.reason,
    jobId: reload.jobId,
    durationMs: Math.round(performance.now() - reload.startedMs),
    errorMessage: reload.errorMessage,
  });
}

type Order = { dropletId: string; jobId: string; author: string; reason: string; signal: AbortSignal };

/**
 * Tests an edge's configuration and reloads it, after the distance to its last reload. Written down whether or not it
 * went well. Returns the edge's name. Throws as the agent refuses.
 */
export async function reloadEdge(ctx: EdgeContext, { dropletId, signal, ...order }: Order): Promise<string> {
  const edge = await getEdge(ctx, dropletId);
  await pause(reloadDistance(await getEdgeMaps(ctx, dropletId), ctx.clock.now()), undefined, { signal });
  const startedMs = performance.now();
  try {
    await reloadNginx(ctx, edge, signal);
  } catch (error) {
    if (error instanceof AppError) await recordReload(ctx, edge, { ...order, startedMs, errorMessage: error.message });
    throw error;
  }
  await recordReload(ctx, edge, { ...order, startedMs });
  return edge.name;
}

/** How many stores are asked for after a reload: enough to see that it serves, not all of ten thousand. */
const SAMPLE = 20;

/** Asks an edge for its health and for some of its stores. Returns how many of its stores were. Throws as the probe does. */
export async function probeAfterReload(
  ctx: EdgeContext,
  { dropletId, signal }: { dropletId: string; signal: AbortSignal },
): Promise<{ edge: string; count: number }> {
  const edge = await getEdge(ctx, dropletId);
  await probeHealth(edge, signal);
  const files = (await listFilesOfEdge(ctx, dropletId)).slice(0, SAMPLE);
  for (const file of files) await probeEdge(edge, { ...file, host: `${file.slug}.${ctx.baseDomain}` }, signal);
  return { edge: edge.name, count: files.length };
}
