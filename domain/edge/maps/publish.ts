import { setTimeout as pause } from 'node:timers/promises';
import { openAlert, resolveAlerts } from '#domain/alerts/index.ts';
import { listEdges, type Edge } from '#domain/droplets/index.ts';
import { findTenant, listMapLines } from '#domain/tenants/index.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict } from '#platform/errors.ts';
import { CancelJob } from '#platform/jobs/steering.ts';
import { driftIn, isAboutMaps, nothingWasChanged, putMaps, tryMaps } from '../agent.ts';
import { sha256 } from '../document.ts';
import { probeHealth } from '../probe.ts';
import { insertRevision } from '../publication/queries.ts';
import type { EdgeContext } from '../types.ts';
import { findTaken, linesOf, ownerOf, renderMapLines, sayTheSame, textOf } from './lines.ts';
import { findUnansweredMaps, getEdgeMaps, type EdgeMaps } from './listings.ts';
import { claimMaps, insertRevisionMaps, releaseMaps, updateEdgeMaps, updateMapsOutcome } from './queries.ts';
import { recordReload, reloadDistance } from './reloads.ts';

type MapsOrder = {
  jobId: string;
  author: string;
  reason: string;
  /** The stores whose lines must be right when this resolves; without it all of them. */
  slugs?: readonly string[];
  signal: AbortSignal;
};

/** Longer than a publication takes, waiting for its turn to reload included. */
const CLAIM_MS = 90_000;
const CLAIM_PAUSE_MS = 150;

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

/** `revision` is missing where the edge had these maps already; `refused` names the stores whose lines were left out. */
type MapsResult = { edge: string; revision?: number; refused: string[] };

async function bringUpToDate(ctx: EdgeContext, edge: Edge, order: MapsOrder): Promise<MapsResult> {
  const owner = order.jobId;
  for (;;) {
    order.signal.throwIfAborted();
    if (await isUpToDate(ctx, edge, order)) {
      await resolveMapAlerts(ctx, order.slugs ?? []);
      return { edge: edge.name, refused: [] };
    }
    const at = ctx.clock.now();
    const until = new Date(at.getTime() + CLAIM_MS);
    if (await claimMaps(ctx.db, { dropletId: edge.id, owner, at, until })) {
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
  if (there.revision === undefined) return false;
  const wanted = renderMapLines(await listMapLines(ctx));
  const isConcerned = (owner: string | undefined) => !slugs || owner === undefined || slugs.includes(owner);
  return sayTheSame(linesOf(there.lines), wanted, isConcerned);
}

async function publishTo(ctx: EdgeContext, edge: Edge, order: MapsOrder): Promise<MapsResult> {
  await pause(reloadDistance(await getEdgeMaps(ctx, edge.id), ctx.clock.now()), undefined, { signal: order.signal });
  // Read only now: whatever was changed while we waited goes along.
  const wanted = renderMapLines(await listMapLines(ctx));
  const there = await getEdgeMaps(ctx, edge.id);
  try {
    const done = await send(ctx, edge, { order, lines: wanted, there });
    await resolveMapAlerts(
      ctx,
      [...wanted, ...linesOf(there.lines)].map((line) => ownerOf(line) ?? ''),
    );
    return done;
  } catch (error) {
    if (!isAboutMaps(error)) throw error;
    return leaveOutRefused(ctx, edge, { order, wanted, there, complaint: error.message });
  }
}

type Sending = { order: MapsOrder; lines: readonly string[]; there: EdgeMaps };

async function send(ctx: EdgeContext, edge: Edge, { order, lines, there }: Sending): Promise<MapsResult> {
  const text = textOf(lines);
  const hash = sha256(text);
  const revision = await openMapsRevision(ctx, edge, { order, text, hash, there });
  const startedMs = performance.now();
  try {
    const expected = there.sha256 ?? 'absent';
    const reloaded = await putMaps(ctx, edge, { lines: text, expected, signal: order.signal });
    const at = ctx.clock.now();
    await withTransaction(ctx, async (tx) => {
      await updateEdgeMaps(tx.db, { dropletId: edge.id, revision, sha256: hash, at });
      if (reloaded) await recordReload(tx, edge, { ...order, startedMs });
    });
    await probeHealth(edge, order.signal);
    await updateMapsOutcome(ctx.db, revision, { outcome: 'confirmed', at: ctx.clock.now() });
    return { edge: edge.name, revision, refused: [] };
  } catch (error) {
    return settleFailure(ctx, edge, { order, revision, startedMs, error });
  }
}

type Opening = { order: MapsOrder; text: string; hash: string; there: EdgeMaps };

async function openMapsRevision(ctx: EdgeContext, edge: Edge, { order, text, hash, there }: Opening): Promise<number> {
  const { jobId, author, reason } = order;
  return withTransaction(ctx, async (tx) => {
    const at = tx.clock.now();
    const opening = { dropletId: edge.id, kind: 'maps', purpose: 'maps', author, reason, jobId, at } as const;
    const revision = await insertRevision(tx.db, opening);
    const maps = { revision, lines: text, sha256: hash, previousRevision: there.revision };
    await insertRevisionMaps(tx.db, maps);
    await updateMapsOutcome(tx.db, revision, { outcome: 'sent', at });
    return revision;
  });
}

type Failure = { order: MapsOrder; revision: number; startedMs: number; error: unknown };

async function settleFailure(
  ctx: EdgeContext,
  edge: Edge,
  { order, revision, startedMs, error }: Failure,
): Promise<MapsResult> {
  const drifted = driftIn(error);
  if (!nothingWasChanged(error)) throw error;
  const said = error instanceof Error ? error.message : String(error);
  const failure = { code: drifted ? 'edge_drifted' : 'edge_maps_refused', message: said };
  await updateMapsOutcome(ctx.db, revision, { outcome: 'failed', at: ctx.clock.now(), error: failure });
  if (isAboutMaps(error)) await recordReload(ctx, edge, { ...order, startedMs, errorMessage: said });
  if (!drifted) throw error;
  const actual = drifted.get('maps') ?? '';
  const unanswered = await findUnansweredMaps(ctx, { dropletId: edge.id, sha256: actual });
  if (unanswered === undefined)
    throw new Conflict('edge_drifted', `The maps of ${edge.name} were changed by hand; nothing was overwritten.`);
  const at = ctx.clock.now();
  await updateEdgeMaps(ctx.db, { dropletId: edge.id, revision: unanswered, sha256: actual, at });
  return publishTo(ctx, edge, order);
}

type Refusal = { order: MapsOrder; wanted: readonly string[]; there: EdgeMaps; complaint: string };

async function leaveOutRefused(
  ctx: EdgeContext,
  edge: Edge,
  { order, wanted, there, complaint }: Refusal,
): Promise<MapsResult> {
  const base = linesOf(there.lines);
  const isTaken = async (lines: readonly string[]) => {
    try {
      await tryMaps(ctx, edge, { lines: textOf(lines), signal: order.signal });
      return true;
    } catch (error) {
      if (isAboutMaps(error)) return false;
      throw error;
    }
  };
  // nginx' own configuration may be what it complains of: then no maps are to blame.
  if (!(await isTaken(base))) throw new CancelJob('edge_configuration_broken', complaint);
  const { lines, refused } = await findTaken({ base, wanted }, isTaken);
  for (const slug of refused) await openRefusal(ctx, slug, complaint);
  const keeps = { edge: edge.name, refused };
  const done = sayTheSame(base, lines) ? keeps : await send(ctx, edge, { order, lines, there });
  if (order.slugs?.some((slug) => refused.includes(slug))) throw new CancelJob('edge_maps_refused', complaint);
  return { ...done, refused };
}

async function openRefusal(ctx: EdgeContext, slug: string, detail: string): Promise<void> {
  const tenant = await findTenant(ctx, slug);
  await openAlert(ctx, {
    key: `store:${slug}:maps`,
    severity: 'warning',
    title: `nginx refuses the names or the limit of ${slug}`,
    detail,
    ...(tenant && { tenantId: tenant.id }),
  });
}

/** What was said against the maps of these stores no longer holds. */
async function resolveMapAlerts(ctx: EdgeContext, slugs: readonly string[]): Promise<void> {
  await resolveAlerts(
    ctx,
    slugs.map((slug) => `store:${slug}:maps`),
  );
}
