import type { Context } from '#platform/context.ts';

/** Runs that watch a log and are not over, on all machines together. */
export async function countFollows(ctx: Context): Promise<number> {
  const rows = await ctx
    .db('platform.jobs')
    .where({ kind: 'droplet.run' })
    .whereIn('status', ['queued', 'running'])
    .whereRaw(`payload -> 'args' @> '["follow"]'`)
    .pluck('id');
  return rows.length;
}
