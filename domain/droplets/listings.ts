import type { Context } from '#platform/context.ts';
import { NotFound } from '#platform/errors.ts';
import { toDroplet, type DropletRow } from './rows.ts';
import type { Droplet, Edge } from './types.ts';

/** Every enrolled machine, by name; retired ones are not ours any more. */
export async function listDroplets(ctx: Context): Promise<Droplet[]> {
  const rows = await ctx.db<DropletRow>('platform.droplets').where({ retired_at: null }).orderBy('name');
  return rows.map(toDroplet);
}

/** The machines that serve tenants to the public, by name. */
export async function listEdges(ctx: Context): Promise<Edge[]> {
  return (await listDroplets(ctx)).filter(isEdge);
}

/** The edge with this id, or nothing when it is no longer enrolled as one. */
export async function findEdge(ctx: Context, id: string): Promise<Edge | undefined> {
  const row = await ctx.db<DropletRow>('platform.droplets').where({ id, role: 'edge', retired_at: null }).first();
  const droplet = row && toDroplet(row);
  return droplet && isEdge(droplet) ? droplet : undefined;
}

/** The database refuses an edge without a probe address. */
function isEdge(droplet: Droplet): droplet is Edge {
  return droplet.role === 'edge' && droplet.probeUrl !== undefined;
}

/** The machine of this name when it is enrolled. */
export async function findDroplet(ctx: Context, name: string): Promise<Droplet | undefined> {
  const row = await ctx.db<DropletRow>('platform.droplets').where({ name, retired_at: null }).first();
  return row && toDroplet(row);
}

/** Throws NotFound `droplet_not_found`. */
export async function getDroplet(ctx: Context, name: string): Promise<Droplet> {
  const droplet = await findDroplet(ctx, name);
  if (!droplet) throw notFound();
  return droplet;
}

/** The same by the id that jobs carry. */
export async function getDropletById(ctx: Context, id: string): Promise<Droplet> {
  const row = await ctx.db<DropletRow>('platform.droplets').where({ id, retired_at: null }).first();
  if (!row) throw notFound();
  return toDroplet(row);
}

export function notFound(): NotFound {
  return new NotFound('droplet_not_found', 'There is no droplet of this name.');
}

/** How many stores' files lie on an edge, and whether one is on its way there. */
export async function countFilesOf(ctx: Context, dropletId: string): Promise<number> {
  const { rows } = await ctx.db.raw<{ rows: { files: string }[] }>(
    `select (select count(*) from platform.edge_files where droplet_id = :dropletId)
          + (select count(*) from platform.edge_revisions
              where droplet_id = :dropletId and outcome in ('pending', 'sent')) as files`,
    { dropletId },
  );
  return Number(rows[0]!.files);
}

/** How many machines we log in to with this key. */
export async function countUsersOfKey(ctx: Context, keyName: string): Promise<number> {
  const rows = await ctx.db('platform.droplets').where({ key_name: keyName, retired_at: null }).pluck('id');
  return rows.length;
}
