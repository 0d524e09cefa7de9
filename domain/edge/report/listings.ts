import type { Context } from '#platform/context.ts';
import type { NginxFacts, RevisionState } from './types.ts';

type RevisionRow = {
  droplet_id: string;
  served: string | null;
  wanted: string | null;
  failed: string | null;
  error_message: string | null;
};

/** How far the revisions of each edge got, by its id. */
export async function mapRevisionStates(ctx: Context): Promise<Map<string, RevisionState>> {
  const { rows } = await ctx.db.raw<{ rows: RevisionRow[] }>(`
    select d.id as droplet_id, s.number as served, w.number as wanted, n.number as failed, n.error_message
      from platform.droplets d
      left join lateral (select number from platform.edge_revisions r
                          where r.droplet_id = d.id and r.outcome in ('confirmed', 'partial')
                          order by r.number desc limit 1) s on true
      left join lateral (select number from platform.edge_revisions r
                          where r.droplet_id = d.id and r.outcome <> 'failed' order by r.number desc limit 1) w on true
      left join lateral (select * from (select number, outcome, error_message from platform.edge_revisions r
                                         where r.droplet_id = d.id order by r.number desc limit 1) newest
                          where outcome = 'failed') n on true
     where d.role = 'edge'`);
  const number = (text: string | null) => (text === null ? undefined : Number(text));
  return new Map(
    rows.map((row) => [
      row.droplet_id,
      {
        served: number(row.served),
        wanted: number(row.wanted),
        failed: row.failed === null ? undefined : { number: Number(row.failed), message: row.error_message ?? '' },
      },
    ]),
  );
}

/** How many findings each edge has; one without any is missing. */
export async function countDrift(ctx: Context): Promise<Map<string, number>> {
  const rows = await ctx
    .db('platform.edge_drift')
    .count<{ droplet_id: string; count: string }[]>('* as count')
    .select('droplet_id')
    .groupBy('droplet_id');
  return new Map(rows.map((row) => [row.droplet_id, Number(row.count)]));
}

type FactRow = { droplet_id: string; status: Record<string, unknown> | null; status_as_of: Date | null };

/** What the nginx of each machine last said of itself; one that was never heard is missing. */
export async function mapNginxFacts(ctx: Context): Promise<Map<string, NginxFacts>> {
  if (!(await areFactsKept(ctx))) return new Map();
  const { rows } = await ctx.db.raw<{ rows: FactRow[] }>(
    'select droplet_id, status, status_as_of from platform.droplet_facts',
  );
  return new Map(
    rows.flatMap(({ droplet_id: id, status, status_as_of: asOf }) =>
      status && asOf ? [[id, toNginxFacts(status, asOf)] as const] : [],
    ),
  );
}

/** False on a platform whose machines do not tell of themselves yet. */
async function areFactsKept(ctx: Context): Promise<boolean> {
  const { rows } = await ctx.db.raw<{ rows: { kept: boolean }[] }>(
    `select to_regclass('platform.droplet_facts') is not null as kept`,
  );
  return rows[0]!.kept;
}

const SECONDS_COUNTED = 60;
const KINDS = ['2xx', '3xx', '4xx', '5xx'] as const;

/** Agents of several versions are out there: a figure that is missing or no number is unknown, never zero. */
export function toNginxFacts(status: Record<string, unknown>, asOf: Date): NginxFacts {
  const number = (key: string) => {
    const text = status[key];
    return typeof text === 'string' && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  };
  const counts = KINDS.map((kind) => number(`requests_${kind}`));
  const started = number('nginx_started');
  const isTold = status.nginx === 'running' || status.nginx === 'stopped';
  return {
    asOf,
    isRunning: isTold ? status.nginx === 'running' : undefined,
    startedAt: started === undefined ? undefined : new Date(started * 1000),
    workers: number('nginx_workers'),
    connections: number('nginx_connections'),
    requestsPerSecond: counts.includes(undefined)
      ? undefined
      : counts.reduce<number>((sum, count) => sum + count!, 0) / SECONDS_COUNTED,
    refused: counts[2],
    failed: counts[3],
    upstreamP50Ms: number('upstream_p50_ms'),
  };
}
