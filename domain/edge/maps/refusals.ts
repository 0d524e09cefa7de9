import { openAlert, resolveAlerts } from '#domain/alerts/index.ts';
import type { Edge } from '#domain/droplets/index.ts';
import { findTenant } from '#domain/tenants/index.ts';
import { CancelJob } from '#platform/jobs/steering.ts';
import { isAboutMaps, tryMaps } from '../agent.ts';
import type { EdgeContext } from '../types.ts';
import { findTaken, linesOf, sayTheSame, textOf } from './lines.ts';
import type { EdgeMaps } from './listings.ts';
import { sendMaps, type MapsOrder } from './send.ts';

type Refusal = { order: MapsOrder; wanted: readonly string[]; there: EdgeMaps; complaint: string };

/**
 * Publishes what nginx takes of maps that it refused as a whole, and opens an alert for each store whose lines it does
 * not take. Throws CancelJob `edge_maps_refused` when the order is about one of those, and `edge_configuration_broken`
 * when nginx refuses even the maps it has.
 */
export async function leaveOutRefused(
  ctx: EdgeContext,
  edge: Edge,
  { order, wanted, there, complaint }: Refusal,
): Promise<{ edge: string; revision?: number; refused: string[] }> {
  const base = linesOf(there.lines);
  const isTaken = (lines: readonly string[]) => doesNginxTake(ctx, edge, { lines, signal: order.signal });
  // nginx' own configuration may be what it complains of: then no maps are to blame.
  if (!(await isTaken(base))) throw new CancelJob('edge_configuration_broken', complaint);
  const { lines, refused } = await findTaken({ base, wanted }, isTaken);
  for (const slug of refused) await openRefusal(ctx, slug, complaint);
  const sent = sayTheSame(base, lines) ? undefined : await sendMaps(ctx, edge, { order, lines, there });
  if (order.slugs?.some((slug) => refused.includes(slug))) throw new CancelJob('edge_maps_refused', complaint);
  return { edge: edge.name, refused, ...(typeof sent === 'number' && { revision: sent }) };
}

async function doesNginxTake(
  ctx: EdgeContext,
  edge: Edge,
  { lines, signal }: { lines: readonly string[]; signal: AbortSignal },
): Promise<boolean> {
  try {
    await tryMaps(ctx, edge, { lines: textOf(lines), signal });
    return true;
  } catch (error) {
    if (isAboutMaps(error)) return false;
    throw error;
  }
}

const alertKey = (slug: string) => `store:${slug}:maps`;

async function openRefusal(ctx: EdgeContext, slug: string, detail: string): Promise<void> {
  const tenant = await findTenant(ctx, slug);
  await openAlert(ctx, {
    key: alertKey(slug),
    severity: 'warning',
    title: `nginx refuses the names or the limit of ${slug}`,
    detail,
    ...(tenant && { tenantId: tenant.id }),
  });
}

/** What was said against the maps of these stores no longer holds. */
export async function resolveMapAlerts(ctx: EdgeContext, slugs: readonly string[]): Promise<void> {
  await resolveAlerts(ctx, slugs.map(alertKey));
}
