import type { Context } from '#platform/context.ts';
import { NotFound } from '#platform/errors.ts';
import { isId } from '#platform/ids.ts';
import { toJob, toStep, type JobRow, type StepRow } from './rows.ts';
import type { JobKind } from './kinds.ts';
import type { Job, JobStatus, JobStep, OutputPiece } from './types.ts';

/** The job and its steps in order. Throws NotFound `job_not_found`. */
export async function getJob(ctx: Context, id: string): Promise<Job & { steps: JobStep[] }> {
  const row = isId(id) ? await ctx.db<JobRow>('platform.jobs').where({ id }).first() : undefined;
  if (!row) throw new NotFound('job_not_found', 'There is no such job.');
  return { ...toJob(row), steps: await listSteps(ctx, id) };
}

/** The steps of a job in the order they run. */
export async function listSteps(ctx: Context, jobId: string): Promise<JobStep[]> {
  const rows = await ctx.db<StepRow>('platform.job_steps').where({ job_id: jobId }).orderBy('position');
  return rows.map(toStep);
}

type JobFilter = {
  status?: JobStatus | undefined;
  kind?: string | undefined;
  tenantId?: string | undefined;
  /** Of one machine: a job whose payload names it. */
  dropletId?: string | undefined;
  limit: number;
  /** `[createdAt as ISO text, id]` of the last row shown; see {@link jobKey}. */
  after?: readonly string[] | undefined;
};

/** Jobs, newest first: up to `limit + 1`, so that the caller sees whether there are more. */
export async function listJobs(ctx: Context, filter: JobFilter): Promise<Job[]> {
  const query = ctx.db<JobRow>('platform.jobs').orderBy([
    { column: 'created_at', order: 'desc' },
    { column: 'id', order: 'desc' },
  ]);
  if (filter.status) void query.where('status', filter.status);
  if (filter.kind) void query.where('kind', filter.kind);
  if (filter.tenantId) void query.where('tenant_id', filter.tenantId);
  if (filter.dropletId)
    void query.whereRaw(`kind like 'droplet.%' and payload ->> 'dropletId' = ?`, [filter.dropletId]);
  if (filter.after)
    void query.whereRaw('(created_at, id) < (?::timestamptz, ?::uuid)', [filter.after[0]!, filter.after[1]!]);
  const rows = await query.limit(filter.limit + 1);
  return rows.map(toJob);
}

/** The place of a job in {@link listJobs}, for a cursor. */
export function jobKey(job: Job): readonly string[] {
  return [job.createdAt.toISOString(), job.id];
}

/** The newest job of a tenant with its steps, when there ever was one. */
export async function findLatestJob(ctx: Context, tenantId: string): Promise<(Job & { steps: JobStep[] }) | undefined> {
  const [job] = await listJobs(ctx, { tenantId, limit: 1 });
  return job && { ...job, steps: await listSteps(ctx, job.id) };
}

/** Whether an unfinished job of one of these kinds is about one of these tenants, alone or among many. */
export async function isUnfinishedAbout(
  ctx: Context,
  { kinds, tenantIds }: { kinds: readonly JobKind[]; tenantIds: readonly string[] },
): Promise<boolean> {
  const { rows } = await ctx.db.raw<{ rows: unknown[] }>(
    `select 1 from platform.jobs
      where status in ('queued', 'running', 'undoing') and kind = any(:kinds)
        and (tenant_id = any(:tenantIds::uuid[]) or jsonb_exists_any(payload -> 'tenantIds', :tenantIds)) limit 1`,
    { kinds: [...kinds], tenantIds: [...tenantIds] },
  );
  return rows.length > 0;
}

/** What a job printed after its piece `after`, oldest first: up to `limit + 1` pieces. */
export async function listOutput(
  ctx: Context,
  { jobId, after, limit }: { jobId: string; after: number; limit: number },
): Promise<OutputPiece[]> {
  return ctx
    .db<OutputPiece & { job_id: string }>('platform.job_output')
    .where({ job_id: jobId })
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit + 1)
    .select('seq', 'at', 'text');
}

/** The end of what a job printed, at most so many characters, and whether there is more before it. */
export async function readOutputTail(
  ctx: Context,
  jobId: string,
  characters: number,
): Promise<{ text: string; isCut: boolean }> {
  const { rows } = await ctx.db.raw<{ rows: { text: string; isCut: boolean }[] }>(
    `with pieces as (select seq, text, sum(char_length(text)) over (order by seq desc) as upto
                       from platform.job_output where job_id = :jobId)
     select coalesce(right(string_agg(text, '' order by seq), :characters), '') as text,
            coalesce((select max(upto) from pieces) > :characters, false) as "isCut"
       from pieces where upto - char_length(text) < :characters`,
    { jobId, characters },
  );
  return rows[0]!;
}

/** Those of these tenants that an unfinished job of one of these kinds is about, alone or among others. */
export async function listAwaiting(
  ctx: Context,
  { kinds, tenantIds }: { kinds: readonly JobKind[]; tenantIds: readonly string[] },
): Promise<Set<string>> {
  const { rows } = await ctx.db.raw<{ rows: { id: string }[] }>(AWAITING, {
    kinds: [...kinds],
    tenantIds: [...tenantIds],
  });
  return new Set(rows.map((row) => row.id));
}

const AWAITING = `
  with unfinished as (
    select j.tenant_id, j.payload from platform.jobs j
     where j.status in ('queued', 'running', 'undoing') and j.kind = any(:kinds::text[])),
  meant as (
    select u.tenant_id as id from unfinished u where u.tenant_id is not null
    union
    select i.id::uuid from unfinished u
     cross join lateral jsonb_array_elements_text(coalesce(u.payload -> 'tenantIds', '[]')) as i (id))
  select id from meant where id = any(:tenantIds::uuid[])`;
