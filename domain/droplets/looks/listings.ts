import type { Context } from '#platform/context.ts';
import { figuresOf, type Certificate, type Process, type Status } from './facts.ts';
import type { Connection, DropletFacts, Sample, Told } from './types.ts';

type FactRow = {
  droplet_id: string;
  status: Status | null;
  status_as_of: Date | null;
  round_trip_ms: number | null;
  clock_skew_ms: number | null;
  clock_uncertainty_ms: number | null;
  processes: Process[] | null;
  processes_as_of: Date | null;
  certificates: { file: string; expiresAt: string; subject: string }[] | null;
  certificates_as_of: Date | null;
  log_name: string | null;
  log_tail: string | null;
  log_as_of: Date | null;
  shell_refused: boolean | null;
  shell_answer: string | null;
  shell_as_of: Date | null;
};

/** What each machine last said of itself, by the machine's id. */
export async function listFacts(ctx: Context): Promise<Map<string, DropletFacts>> {
  const rows = await ctx.db<FactRow>('platform.droplet_facts');
  return new Map(rows.map((row) => [row.droplet_id, toFacts(row)]));
}

/** What one machine last said of itself; everything is unknown of one that never did. */
export async function findFacts(ctx: Context, dropletId: string): Promise<DropletFacts> {
  const row = await ctx.db<FactRow>('platform.droplet_facts').where({ droplet_id: dropletId }).first();
  return row ? toFacts(row) : NOTHING;
}

export const NOTHING: DropletFacts = {
  status: undefined,
  processes: undefined,
  certificates: undefined,
  log: undefined,
  shell: undefined,
};

function toFacts(row: FactRow): DropletFacts {
  const { log_name: name, log_tail: tail, log_as_of: logAsOf } = row;
  const { shell_refused: refused, shell_answer: answer, shell_as_of: shellAsOf } = row;
  return {
    status: statusOf(row),
    processes: told(row.processes, row.processes_as_of),
    certificates: told(row.certificates?.map(toCertificate) ?? null, row.certificates_as_of),
    log: name !== null && tail !== null && logAsOf ? { name, tail, asOf: logAsOf } : undefined,
    shell: refused !== null && shellAsOf ? { refused, answer: answer ?? '', asOf: shellAsOf } : undefined,
  };
}

function statusOf(row: FactRow): DropletFacts['status'] {
  if (!row.status || !row.status_as_of) return undefined;
  const { clock_skew_ms: skewMs, clock_uncertainty_ms: uncertaintyMs } = row;
  return {
    raw: row.status,
    figures: figuresOf(row.status),
    asOf: row.status_as_of,
    roundTripMs: row.round_trip_ms ?? 0,
    skew: skewMs !== null && uncertaintyMs !== null ? { skewMs, uncertaintyMs } : undefined,
  };
}

function told<T>(value: T | null, asOf: Date | null): Told<T> | undefined {
  if (!asOf) return undefined;
  return value === null ? { known: false, asOf } : { known: true, value, asOf };
}

function toCertificate({ expiresAt, ...rest }: { file: string; expiresAt: string; subject: string }): Certificate {
  return { ...rest, expiresAt: new Date(expiresAt) };
}

type SampleRow = {
  droplet_id: string;
  at: Date;
  load_per_core: string | null;
  memory_used: string | null;
  disk_used: string | null;
};

/** The samples since a moment, oldest first, by the machine's id; of one machine, or of all. */
export async function listSamples(ctx: Context, since: Date, dropletId?: string): Promise<Map<string, Sample[]>> {
  const query = ctx.db<SampleRow>('platform.droplet_samples').where('at', '>=', since).orderBy('at');
  if (dropletId) void query.where({ droplet_id: dropletId });
  return grouped(await query, (row) => ({
    at: row.at,
    loadPerCore: numberOf(row.load_per_core),
    memoryUsed: numberOf(row.memory_used),
    diskUsed: numberOf(row.disk_used),
  }));
}

const numberOf = (text: string | null) => (text === null ? undefined : Number(text));

type ConnectionRow = {
  droplet_id: string;
  instance: string;
  state: Connection['state'];
  since: Date | null;
  running: number;
  waiting: number;
  failures: number;
  error_code: string | null;
  error_message: string | null;
  retry_at: Date | null;
  as_of: Date;
};

/** What the ops workers say of their connections, the latest first, by the machine's id. */
export async function listConnections(ctx: Context): Promise<Map<string, Connection[]>> {
  const rows = await ctx.db<ConnectionRow>('platform.droplet_connections').orderBy('as_of', 'desc');
  return grouped(rows, (row) => ({
    instance: row.instance,
    state: row.state,
    since: row.since ?? undefined,
    running: row.running,
    waiting: row.waiting,
    failures: row.failures,
    error: row.error_code === null ? undefined : { code: row.error_code, message: row.error_message ?? '' },
    retryAt: row.retry_at ?? undefined,
    asOf: row.as_of,
  }));
}

function grouped<R extends { droplet_id: string }, T>(rows: readonly R[], map: (row: R) => T): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) groups.set(row.droplet_id, [...(groups.get(row.droplet_id) ?? []), map(row)]);
  return groups;
}
