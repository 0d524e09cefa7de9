import type { Context } from '#platform/context.ts';
import { NotFound } from '#platform/errors.ts';
import { isId } from '#platform/ids.ts';
import type { StoreEntry } from './entry.ts';
import type { Application, ApplicationLine, FileFormat, LineAction, LineState } from './types.ts';

export function applicationNotFound(): NotFound {
  return new NotFound('application_not_found', 'There is no such report any more. Send the file again.');
}

/** Where a line is: by its outcome, and once its store has a job, by that. */
const STATE = `
  case when l.action in ('unchanged', 'refused') then 'done'
       when l.outcome is null then 'planned'
       when l.outcome in ('failed', 'changed') then l.outcome
       when j.status in ('failed', 'cancelled') then 'failed'
       when j.status in ('queued', 'running', 'undoing') then 'in_progress'
       else 'done' end`;

const LINES = `platform.application_lines l left join platform.jobs j on j.id = l.store_job_id`;

/** A file's application and how far it is. Throws NotFound `application_not_found`. */
export async function getApplication(ctx: Context, id: string): Promise<Application> {
  const { rows } = isId(id) ? await ctx.db.raw<{ rows: ApplicationRow[] }>(APPLICATION, { id }) : { rows: [] };
  const [row] = rows;
  if (!row) throw applicationNotFound();
  return {
    id: row.id,
    format: row.format,
    createdBy: row.created_by,
    createdAt: row.created_at,
    confirmedAt: row.confirmed_at ?? undefined,
    jobId: row.job_id ?? undefined,
    counts: { create: row.create, update: row.update, unchanged: row.unchanged, refused: row.refused },
    states: {
      planned: row.planned,
      in_progress: row.in_progress,
      done: row.done,
      failed: row.failed,
      changed: row.changed,
    },
    created: row.created,
    updated: row.updated,
  };
}

type ApplicationRow = {
  id: string;
  format: FileFormat;
  created_by: string;
  created_at: Date;
  confirmed_at: Date | null;
  job_id: string | null;
  created: number;
  updated: number;
} & Record<LineAction | LineState, number>;

const counted = (column: string, values: readonly string[], and = '') =>
  values.map((value) => `(count(*) filter (where ${column} = '${value}'${and}))::int as "${value}"`).join(', ');

const APPLICATION = `
  select a.*, c.* from platform.applications a cross join lateral (
    select ${counted('s.action', ['create', 'update', 'unchanged', 'refused'])},
           ${counted('s.state', ['planned', 'in_progress', 'done', 'failed', 'changed'], ` and s.action in ('create', 'update')`)},
           (count(*) filter (where s.outcome = 'created'))::int as created,
           (count(*) filter (where s.outcome = 'updated'))::int as updated
      from (select l.action, l.outcome, ${STATE} as state from ${LINES} where l.application_id = a.id) s) c
   where a.id = :id`;

type RecentApplication = {
  id: string;
  createdBy: string;
  createdAt: Date;
  isConfirmed: boolean;
  /** Lines of its file. */
  lines: number;
};

/** The files of the last days, the newest first. */
export async function listRecentApplications(ctx: Context, limit: number): Promise<RecentApplication[]> {
  const { rows } = await ctx.db.raw<{ rows: RecentApplication[] }>(
    `select a.id, a.created_by as "createdBy", a.created_at as "createdAt", a.confirmed_at is not null as "isConfirmed",
            (select count(*)::int from platform.application_lines l where l.application_id = a.id) as lines
       from platform.applications a order by a.created_at desc, a.id desc limit ?`,
    [limit],
  );
  return rows;
}

/** Which lines: of an action, those that somebody should look at, or all. */
export const LINE_CHOICES = ['all', 'problems', 'create', 'update', 'unchanged', 'refused'] as const;
/** `unwell`: those that were to be done, and failed or were left alone. */
type LineChoice = (typeof LINE_CHOICES)[number] | 'unwell';

type LineFilter = {
  which: LineChoice;
  limit: number;
  /** {@link lineKey} of the last one shown. */
  after?: readonly string[] | undefined;
};

/** The lines of an application as the file has them: up to `limit + 1`, so that the caller sees whether there are more. */
export async function listLines(
  ctx: Context,
  applicationId: string,
  { which, limit, after }: LineFilter,
): Promise<ApplicationLine[]> {
  const { rows } = await ctx.db.raw<{ rows: LineRow[] }>(
    `select * from (select l.*, ${STATE} as state from ${LINES}
                     where l.application_id = :applicationId and l.position > :after) s
      where ${CHOSEN[which]} order by s.position limit :most`,
    { applicationId, after: Number(after?.[0] ?? 0), most: limit + 1 },
  );
  return rows.map(toLine);
}

const CHOSEN: Record<LineChoice, string> = {
  all: 'true',
  problems: `(s.action = 'refused' or s.state in ('failed', 'changed'))`,
  unwell: `s.state in ('failed', 'changed')`,
  create: `s.action = 'create'`,
  update: `s.action = 'update'`,
  unchanged: `s.action = 'unchanged'`,
  refused: `s.action = 'refused'`,
};

/** The place of a line in {@link listLines}, for a cursor. */
export function lineKey({ position }: ApplicationLine): readonly string[] {
  return [String(position)];
}

/** The positions of the lines that are to be done and are not, in the file's order, and how many are to be done in all. */
export async function listPendingLines(
  ctx: Context,
  applicationId: string,
): Promise<{ pending: number[]; count: number }> {
  const rows = await ctx
    .db('platform.application_lines')
    .where({ application_id: applicationId })
    .whereIn('action', ['create', 'update'])
    .orderBy('position')
    .select<{ position: number; outcome: string | null }[]>('position', 'outcome');
  return {
    pending: rows.filter(({ outcome }) => outcome === null).map(({ position }) => position),
    count: rows.length,
  };
}

/** The stores that an application made, each with the address of its first user as the file gives it. */
export async function listCreatedStores(
  ctx: Context,
  applicationId: string,
): Promise<{ tenantId: string; email: string }[]> {
  const rows = await ctx
    .db('platform.application_lines')
    .where({ application_id: applicationId, outcome: 'created' })
    .orderBy('position')
    .select<{ tenant_id: string; email: string }[]>('tenant_id', ctx.db.raw(`entry #>> '{admin,email}' as email`));
  return rows.map((row) => ({ tenantId: row.tenant_id, email: row.email }));
}

type LineRow = {
  position: number;
  line: number;
  slug: string;
  tenant_id: string | null;
  action: LineAction;
  entry: StoreEntry | null;
  changes: ApplicationLine['changes'];
  faults: ApplicationLine['faults'];
  admin_kept: boolean;
  state: LineState;
  error_code: string | null;
  error_message: string | null;
  store_job_id: string | null;
};

function toLine(row: LineRow): ApplicationLine {
  return {
    position: row.position,
    line: row.line,
    slug: row.slug,
    tenantId: row.tenant_id ?? undefined,
    action: row.action,
    entry: row.entry ?? undefined,
    changes: row.changes,
    faults: row.faults,
    adminKept: row.admin_kept,
    state: row.state,
    errorCode: row.error_code ?? undefined,
    errorMessage: row.error_message ?? undefined,
    storeJobId: row.store_job_id ?? undefined,
  };
}
