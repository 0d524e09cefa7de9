import type { Context } from '#platform/context.ts';
import { toDroplet, type DropletRow } from './rows.ts';
import type { Droplet, Edge } from './types.ts';

/** Every enrolled machine, by name. */
export async function listDroplets(ctx: Context): Promise<Droplet[]> {
  const rows = await ctx.db<DropletRow>('platform.droplets').orderBy('name');
  return rows.map(toDroplet);
}

/** The machines that serve tenants to the public, by name. */
export async function listEdges(ctx: Context): Promise<Edge[]> {
  return (await listDroplets(ctx)).filter(isEdge);
}

/** The edge with this id, or nothing when it is no longer enrolled as one. */
export async function findEdge(ctx: Context, id: string): Promise<Edge | undefined> {
  const row = await ctx.db<DropletRow>('platform.droplets').where({ id, role: 'edge' }).first();
  const droplet = row && toDroplet(row);
  return droplet && isEdge(droplet) ? droplet : undefined;
}

/** The database refuses an edge without a probe address. */
function isEdge(droplet: Droplet): droplet is Edge {
  return droplet.role === 'edge' && droplet.probeUrl !== undefined;
}
