import type { Db } from '#platform/db/index.ts';
import { deliverJob } from '#platform/jobs/queries.ts';
import { toJob, type JobRow } from './rows.ts';
import type { ClaimedJob, Job, JobStatus, StepSaying, StepStatus } from './types.ts';

/** The journal row, locked until the transaction ends, so that two decisions about one job take turns. */
export async function lockJob(db: Db, id: string): Promise<Job | undefined> {
  const row = await db<JobRow>('platform.jobs').where({ id }).forUpdate().first();
  return row && toJob(row);
}

/**
 * Takes the job for `owner` when it has work left, nobody holds it, and no earlier job of the same tenant is unfinished:
 * a tenant's jobs run one at a time in the order they were asked for. Leases are counted by the database's clock, so two
 * machines never disagree about the time.
 */
export async function claimJob(
  db: Db,
  claim: { id: string; owner: string; leaseMs: number },
): Promise<ClaimedJob | undefined> {
  const { rows } = await db.raw<{ rows: JobRow[] }>(
    `update platform.jobs j
        set lease_owner = :owner, lease_until = clock_timestamp() + :leaseMs * interval '1 ms',
            status = case j.status when 'queued' then 'running' else j.status end,
            attempts = j.attempts + 1, started_at = coalesce(j.started_at, now()), updated_at = now()
      where j.id = :id and j.status in ('queued', 'running', 'undoing')
        and (j.lease_until is null or j.lease_until < clock_timestamp())
        and not exists (select 1 from platform.jobs e
                         where e.tenant_id = j.tenant_id and e.status in ('queued', 'running', 'undoing')
                           and (e.created_at, e.id) < (j.created_at, j.id))
      returning j.*`,
    claim,
  );
  return rows[0] && { ...toJob(rows[0]), payload: rows[0].payload };
}

/** Prolongs the leases these owners still hold. An owner missing from the answer has lost its job. */
export async function renewLeases(
  db: Db,
  { owners, leaseMs }: { owners: string[]; leaseMs: number },
): Promise<{ owner: string; cancelRequested: boolean }[]> {
  const { rows } = await db.raw<{ rows: { owner: string; cancelRequested: boolean }[] }>(
    `update platform.jobs set lease_until = clock_timestamp() + :leaseMs * interval '1 ms'
      where lease_owner = any(:owners) and status in ('running', 'undoing') and lease_until > clock_timestamp()
      returning lease_owner as owner, cancel_requested_at is not null and status = 'running' as "cancelRequested"`,
    { owners, leaseMs },
  );
  return rows;
}

type JobChange = {
  status?: JobStatus;
  errorCode?: string | null;
  errorMessage?: string | null;
  finishedAt?: Date | null;
  /** Gives the job back, for whoever takes it next. */
  release?: boolean;
  /** Fields of the payload that are no longer needed. */
  forget?: readonly string[];
};

/** Changes a job as its owner; false when the lease is no longer the owner's and nothing was changed. */
export async function updateOwnedJob(db: Db, { id, owner }: Owned, change: JobChange): Promise<boolean> {
  const changed = await db('platform.jobs')
    .where({ id, lease_owner: owner })
    .whereRaw('lease_until > clock_timestamp()')
    .update({
      ...(change.status !== undefined && { status: change.status }),
      ...(change.errorCode !== undefined && { error_code: change.errorCode }),
      ...(change.errorMessage !== undefined && { error_message: change.errorMessage }),
      ...(change.finishedAt !== undefined && { finished_at: change.finishedAt }),
      ...(change.forget !== undefined && { payload: db.raw('payload - ?::text[]', [[...change.forget]]) }),
      ...(change.release === true && { lease_owner: null, lease_until: null }),
      updated_at: db.fn.now(),
    });
  return changed > 0;
}

type Owned = { id: string; owner: string };

export type StepChange = {
  status: StepStatus;
  output?: StepSaying[];
  errorMessage?: string | null;
  startedAt?: Date;
  finishedAt?: Date | null;
  begins?: boolean;
  uncount?: boolean;
};

/** Changes a step as the job's owner; false when the lease is no longer the owner's and nothing was changed. */
export async function updateOwnedStep(
  db: Db,
  { id, owner, position }: Owned & { position: number },
  change: StepChange,
): Promise<boolean> {
  const changed = await db('platform.job_steps')
    .where({ job_id: id, position })
    .whereExists(
      db('platform.jobs').where({ id, lease_owner: owner }).whereRaw('lease_until > clock_timestamp()').forShare(),
    )
    .update({
      status: change.status,
      ...(change.output !== undefined && { output: JSON.stringify(change.output) }),
      ...(change.errorMessage !== undefined && { error_message: change.errorMessage }),
      ...(change.startedAt !== undefined && { started_at: change.startedAt }),
      ...(change.finishedAt !== undefined && { finished_at: change.finishedAt }),
      ...(change.begins === true && { attempts: db.raw('attempts + 1') }),
      ...(change.uncount === true && { attempts: db.raw('attempts - 1') }),
    });
  return changed > 0;
}

/** What was never begun will not be. */
export async function skipPendingSteps(db: Db, jobId: string): Promise<void> {
  await db('platform.job_steps').where({ job_id: jobId, status: 'pending' }).update({ status: 'skipped' });
}

/** The oldest unfinished job of the tenant. */
export async function findNextOfTenant(db: Db, tenantId: string): Promise<string | undefined> {
  const row = await db<JobRow>('platform.jobs')
    .where({ tenant_id: tenantId })
    .whereIn('status', ['queued', 'running', 'undoing'])
    .orderBy(['created_at', 'id'])
    .first('id');
  return row?.id;
}

export async function markCancelRequested(db: Db, id: string, at: Date): Promise<void> {
  await db('platform.jobs').where({ id }).update({ cancel_requested_at: at, updated_at: at });
  await deliverJob(db, id);
}

/** Makes a finished job new again under its id: steps pending, errors gone. */
export async function resetJob(db: Db, id: string, at: Date): Promise<void> {
  await db('platform.job_steps').where({ job_id: id }).update({
    status: 'pending',
    attempts: 0,
    output: null,
    error_message: null,
    started_at: null,
    finished_at: null,
  });
  await db('platform.jobs').where({ id }).update({
    status: 'queued',
    error_code: null,
    error_message: null,
    cancel_requested_at: null,
    started_at: null,
    finished_at: null,
    updated_at: at,
  });
  await deliverJob(db, id);
}

type OutputPiece = { jobId: string; seq: number; at: Date; text: string };

export async function insertOutput(db: Db, { jobId, seq, at, text }: OutputPiece): Promise<void> {
  await db('platform.job_output').insert({ job_id: jobId, seq, at, text });
}

export async function deleteOutput(db: Db, jobId: string): Promise<void> {
  await db('platform.job_output').where({ job_id: jobId }).delete();
}

/** Forgets what was printed before a moment; returns how many pieces. */
export async function deleteOutputBefore(db: Db, before: Date): Promise<number> {
  return db('platform.job_output').where('at', '<', before).delete();
}
