import type { Context } from '#platform/context.ts';
import type { EdgeState, JobCounts } from './types.ts';

type EdgeRow = {
  droplet: string;
  files: string;
  confirmed: string;
  failing: string;
  newest: string | null;
  drift: string;
};

/** For each edge how many tenants' files it holds, and how many of them it was seen serving. */
export async function listEdgeStates(ctx: Context): Promise<EdgeState[]> {
  const { rows } = await ctx.db.raw<{ rows: EdgeRow[] }>(`
    select d.name as droplet,
           count(f.slug) as files,
           count(*) filter (where f.confirmed_at is not null and f.probe_error is null) as confirmed,
           count(*) filter (where f.probe_error is not null) as failing,
           max(f.revision) as newest,
           (select count(*) from platform.edge_drift w where w.droplet_id = d.id) as drift
      from platform.droplets d left join platform.edge_files f on f.droplet_id = d.id
     where d.role = 'edge' and d.retired_at is null
     group by d.id, d.name
     order by d.name`);
  return rows.map((row) => ({
    droplet: row.droplet,
    files: Number(row.files),
    confirmed: Number(row.confirmed),
    failing: Number(row.failing),
    newestRevision: row.newest === null ? undefined : Number(row.newest),
    drift: Number(row.drift),
  }));
}

export type HeartbeatAge = { beatAt: Date; silentSeconds: number; saidStopped: boolean };

/**
 * The last beat of each instance of a process, the newest first. The silence is measured by the database's clock, which
 * wrote the beat too.
 */
export async function listHeartbeats(ctx: Context, process: string): Promise<HeartbeatAge[]> {
  const { rows } = await ctx.db.raw<{ rows: { beat_at: Date; silent: number; stopped: boolean }[] }>(
    `select beat_at, extract(epoch from clock_timestamp() - beat_at)::float8 as silent,
            coalesce(detail ->> 'state' = 'stopped', false) as stopped
       from platform.heartbeats where process = ? order by beat_at desc`,
    [process],
  );
  return rows.map((row) => ({ beatAt: row.beat_at, silentSeconds: row.silent, saidStopped: row.stopped }));
}

export async function countJobs(ctx: Context): Promise<JobCounts> {
  const { rows } = await ctx.db.raw<{ rows: Record<keyof JobCounts, string>[] }>(`
    select count(*) filter (where status = 'queued') as queued,
           count(*) filter (where status in ('running', 'undoing')) as running,
           count(*) filter (where status = 'failed' and finished_at > now() - interval '24 hours') as failed
      from platform.jobs
     where status in ('queued', 'running', 'undoing') or created_at > now() - interval '48 hours'`);
  const [row] = rows;
  return { queued: Number(row?.queued), running: Number(row?.running), failed: Number(row?.failed) };
}
