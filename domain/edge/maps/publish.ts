import { setTimeout as pause } from 'node:timers/promises';
import { listEdges, type Edge } from '#domain/droplets/index.ts';
import { listMapLines } from '#domain/tenants/index.ts';
import { Conflict } from '#platform/errors.ts';
import { isAboutMaps } from '../agent.ts';
import type { EdgeContext } from '../types.ts';
import { linesOf, ownerOf, renderMapLines, sayTheSame } from './lines.ts';
import { getEdgeMaps } from './listings.ts';
import { claimMaps, releaseMaps } from './queries.ts';
import { leaveOutRefused, resolveMapAlerts } from './refusals.ts';
import { reloadDistance } from './reloads.ts';
import { sendMaps, type MapsOrder } from './send.ts';

/** Longer than a publication takes, waiting for its turn to reload included. */
const CLAIM_MS = 90_000;
const CLAIM_PAUSE_MS = 150;

/** `revision` is missing where the edge had these maps already; `refused` names the stores whose lines were left out. */
type MapsResult = { edge: string; revision?: number; refused: string[] };

/**
 * Brings the maps of every edge (other names, own domains and limits of stores) up to what the database says. One
 * publication serves everybody who asked meanwhile: an edge reloads at most every 2 s. Lines that nginx refuses are found
 * by halving and left out, and an alert names their store. May be repeated. Returns what was done, edge by edge. Throws
 * CancelJob `edge_maps_refused` when a store of `slugs` is one of the refused, Conflict `edge_drifted` and `no_edge`, and
 * whatever keeps an edge from answering.
 */
export async function publishMaps(ctx: EdgeContext, order: MapsOrder): Promise<MapsResult[]> {
  const edges = await listEdges(ctx);
  if (edges.length === 0) throw new Conflict('no_edge', 'There is no edge to publish to. Enrol one, then try again.');
  return Promise.all(edges.map((edge) => bringUpToDate(ctx, edge, order)));
}

async function bringUpToDate(ctx: EdgeContext, edge: Edge, order: MapsOrder): Promise<MapsResult> {
  const owner = order.jobId;
  for (;;) {
    order.signal.throwIfAborted();
    if (await isUpToDate(ctx, edge, order)) {
      await resolveMapAlerts(ctx, order.slugs ?? []);
      return { edge: edge.name, refused: [] };
    }
    if (await claimMaps(ctx.db, { dropletId: edge.id, owner, ms: CLAIM_MS })) {
      try {
        return await publishTo(ctx, edge, order);
      } finally {
        await releaseMaps(ctx.db, { dropletId: edge.id, owner });
      }
    }
    await pause(CLAIM_PAUSE_MS, undefined, { signal: order.signal });
  }
}

async function isUpToDate(ctx: EdgeContext, edge: Edge, { slugs }: MapsOrder): Promise<boolean> {
  const there = await getEdgeMaps(ctx, edge.id);
  if (!there.isConfirmed) return false;
  const wanted = renderMapLines(await listMapLines(ctx));
  const isConcerned = (owner: string | undefined) => !slugs || owner === undefined || slugs.includes(owner);
  return sayTheSame(linesOf(there.lines), wanted, isConcerned);
}

async function publishTo(ctx: EdgeContext, edge: Edge, order: MapsOrder): Promise<MapsResult> {
  for (;;) {
    await pause(reloadDistance(await getEdgeMaps(ctx, edge.id), ctx.clock.now()), undefined, { signal: order.signal });
    // Read only now: whatever was changed while we waited goes along.
    const lines = renderMapLines(await listMapLines(ctx));
    const there = await getEdgeMaps(ctx, edge.id);
    try {
      const revision = await sendMaps(ctx, edge, { order, lines, there });
      if (revision === 'books corrected') continue;
      await resolveMapAlerts(ctx, ownersOf(lines, linesOf(there.lines)));
      return { edge: edge.name, revision, refused: [] };
    } catch (error) {
      if (!isAboutMaps(error)) throw error;
      return leaveOutRefused(ctx, edge, { order, wanted: lines, there, complaint: error.message });
    }
  }
}

function ownersOf(...texts: (readonly string[])[]): string[] {
  return texts.flat().flatMap((line) => ownerOf(line) ?? []);
}
