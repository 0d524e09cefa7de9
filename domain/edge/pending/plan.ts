import { listEdges } from '#domain/droplets/index.ts';
import { listMapLines } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { InvalidInput } from '#platform/errors.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { linesOf, renderMapLines } from '../maps/lines.ts';
import { getEdgeMaps } from '../maps/listings.ts';
import { planPublication, type PlannedFile } from '../plan.ts';
import type { Change } from '../types.ts';
import { listPendingStores, listStoresToServe } from './listings.ts';

/** The lines that an edge's maps would lose and get. */
type PlannedMaps = { edge: string; removed: string[]; added: string[] };

/** What a publication of all that is pending, or of some stores, would write now. */
export type PublicationPlan = {
  changes: Change[];
  /** The first of them by store: nobody reads thousands, and the process has no room for as many. */
  files: PlannedFile[];
  /** How many there are. */
  fileCount: number;
  maps: PlannedMaps[];
  fingerprint: string;
};

/** As many as one job takes; what is beyond stays pending. */
const MAX_STORES = 10_000;
/** So many are looked at at once: the documents of all would not fit into the memory of the process. */
const STORES_AT_ONCE = 500;
const FILES_TOLD = 1000;

/**
 * Exactly what a publication would write: of everything that is pending, maps included, or of the named stores. Throws
 * InvalidInput `store_not_served` naming stores that do not exist or are neither live nor suspended.
 */
export async function planPending(
  ctx: Context,
  { slugs }: { slugs?: readonly string[] | undefined } = {},
): Promise<PublicationPlan> {
  const edges = await listEdges(ctx);
  const dropletIds = edges.map((edge) => edge.id);
  const changes = slugs ? await changesOf(ctx, slugs) : await listPendingStores(ctx, { dropletIds, limit: MAX_STORES });
  const maps = slugs ? [] : await planMaps(ctx);
  const { fingerprints, ...plan } = await planStores(ctx, changes);
  return { ...plan, maps, fingerprint: fingerprintOf([fingerprints, maps]) };
}

/** Those of the changes that are not served yet, the first of their files, and what tells all of these files from others. */
async function planStores(ctx: Context, changes: readonly Change[]) {
  const plan = { changes: [] as Change[], files: [] as PlannedFile[], fileCount: 0, fingerprints: [] as string[] };
  for (let from = 0; from < changes.length; from += STORES_AT_ONCE) {
    const portion = changes.slice(from, from + STORES_AT_ONCE);
    const files = (await planPublication(ctx, portion)).toSorted(bySlug);
    const planned = new Set(files.map((file) => file.tenantId));
    plan.changes.push(...portion.filter((change) => planned.has(change.tenantId)));
    plan.files.push(...files.slice(0, FILES_TOLD - plan.files.length));
    plan.fileCount += files.length;
    plan.fingerprints.push(fingerprintOf(files));
  }
  return plan;
}

const bySlug = (a: PlannedFile, b: PlannedFile) =>
  a.slug === b.slug ? (a.edge < b.edge ? -1 : 1) : a.slug < b.slug ? -1 : 1;

async function changesOf(ctx: Context, slugs: readonly string[]): Promise<Change[]> {
  const changes = await listStoresToServe(ctx, slugs);
  const found = new Set(changes.map((change) => change.slug));
  const missing = [...new Set(slugs)].filter((slug) => !found.has(slug));
  if (missing.length === 0) return changes;
  const message = `${missing.join(', ')}: no live or suspended store has this name.`;
  throw new InvalidInput('store_not_served', message, {
    fields: [{ path: 'slugs', code: 'store_not_served', message }],
  });
}

/** What every edge's maps lack; an edge that has what it should is missing. */
export async function planMaps(ctx: Context): Promise<PlannedMaps[]> {
  const wanted = renderMapLines(await listMapLines(ctx));
  const plans: PlannedMaps[] = [];
  for (const edge of await listEdges(ctx)) {
    const { revision, lines } = await getEdgeMaps(ctx, edge.id);
    const there = linesOf(lines);
    const [had, has] = [new Set(there), new Set(wanted)];
    const removed = there.filter((line) => !has.has(line));
    const added = wanted.filter((line) => !had.has(line));
    // An edge without maps gets its first with the first change that needs them.
    if (revision === undefined && added.every(isOfPlan)) continue;
    if (removed.length > 0 || added.length > 0) plans.push({ edge: edge.name, removed, added });
  }
  return plans;
}

const isOfPlan = (line: string) => line.startsWith('plan ');
