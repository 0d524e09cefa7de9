import { listEdges, listFacts, type DropletFacts, type Edge } from '#domain/droplets/index.ts';
import type { Context } from '#platform/context.ts';
import { NotFound } from '#platform/errors.ts';
import { listEdgeLooks } from '../drift/listings.ts';
import { mapLastReloads } from '../maps/reload-listings.ts';
import { countPending } from '../pending/count.ts';
import { planMaps } from '../pending/plan.ts';
import { countServedStores, listServedStores, type ServedStore } from '../stores/listings.ts';
import { countDrift, mapRevisionStates } from './listings.ts';
import { toNginxFacts } from './nginx.ts';
import type { EdgeReport, NginxFacts } from './types.ts';

/** How many failing stores a report names; the count says how many there are. */
const NAMED = 5;

/** What is known of every edge, by name. Nothing is asked over the network: the looks and probes are those of the worker. */
export async function readEdges(ctx: Context): Promise<EdgeReport[]> {
  const edges = await listEdges(ctx);
  const dropletIds = edges.map((edge) => edge.id);
  const counts = await countServedStores(ctx);
  const stores = Math.max(0, ...[...counts.values()].map((of) => of.stores));
  const [pending, revisions, maps, drift, looks, reloads, facts, failing] = await Promise.all([
    countPending(ctx, { dropletIds, stores }),
    mapRevisionStates(ctx),
    planMaps(ctx),
    countDrift(ctx),
    listEdgeLooks(ctx),
    mapLastReloads(ctx),
    listFacts(ctx),
    mapFailing(
      ctx,
      dropletIds.filter((id) => (counts.get(id)?.failing ?? 0) > 0),
    ),
  ]);
  const asOf = ctx.clock.now();
  return edges.map((edge) => ({
    edge,
    asOf,
    revisions: revisions.get(edge.id) ?? { served: undefined, wanted: undefined, failed: undefined },
    pending: {
      stores: pending.byEdge.get(edge.id) ?? 0,
      maps: maps.some((plan) => plan.edge === edge.name),
      asOf: pending.asOf,
    },
    stores: counts.get(edge.id) ?? { stores: 0, confirmed: 0, failing: 0, oldestProbeAt: undefined },
    failing: failing.get(edge.id) ?? [],
    drift: drift.get(edge.id) ?? 0,
    look: looks.find((look) => look.dropletId === edge.id),
    reload: reloads.get(edge.id),
    nginx: nginxOf(facts.get(edge.id)),
  }));
}

/** What the edge's agent last told of nginx, with its time; undefined while it never told anything. */
function nginxOf(facts: DropletFacts | undefined): NginxFacts | undefined {
  return facts?.status && toNginxFacts(facts.status.raw, facts.status.asOf);
}

async function mapFailing(ctx: Context, dropletIds: readonly string[]): Promise<Map<string, ServedStore[]>> {
  const found = new Map<string, ServedStore[]>();
  for (const dropletId of dropletIds) {
    const rows = await listServedStores(ctx, { dropletId, show: 'failing', limit: NAMED });
    found.set(dropletId, rows.slice(0, NAMED));
  }
  return found;
}

/** The report of the edge with this name. Throws NotFound `edge_not_found`. */
export async function readEdge(ctx: Context, name: string): Promise<EdgeReport> {
  const report = (await readEdges(ctx)).find(({ edge }) => edge.name === name);
  return report ?? noEdge();
}

/** The edge with this name. Throws NotFound `edge_not_found`. */
export async function getEdgeNamed(ctx: Context, name: string): Promise<Edge> {
  return (await listEdges(ctx)).find((edge) => edge.name === name) ?? noEdge();
}

function noEdge(): never {
  throw new NotFound('edge_not_found', 'There is no edge of this name.');
}
