import type { Db } from '#platform/db/database.ts';
import type { JobRequest } from './queue.ts';

type JobInsert = { id: string; request: JobRequest; requestedBy: string; requestId: string; at: Date };

/** graphile-worker's task for every kind of job: the kind itself is in our journal, which is the truth. */
export const JOB_TASK = 'run_job';

export async function insertJob(db: Db, { id, request, requestedBy, requestId, at }: JobInsert): Promise<void> {
  await db('platform.jobs').insert({
    id,
    kind: request.kind,
    subject: request.subject,
    tenant_id: request.tenantId ?? null,
    payload: JSON.stringify(request.payload),
    status: 'queued',
    requested_by: requestedBy,
    request_id: requestId,
    created_at: at,
    updated_at: at,
  });
  const steps = request.steps.map((name, index) => ({ job_id: id, position: index + 1, name, status: 'pending' }));
  if (steps.length > 0) await db('platform.job_steps').insert(steps);
  await deliverJob(db, id);
}

/**
 * Hands a recorded job to the queue, to be run after `delayMs`. `job_key` makes a second delivery of the same job replace
 * the first; tries are counted and limited by our journal, so the queue's own limit only has to be out of the way.
 */
export async function deliverJob(db: Db, id: string, delayMs = 0): Promise<void> {
  await db.raw(
    `select graphile_worker.add_job(:task, json_build_object('jobId', :id::text), job_key => :key, max_attempts => 1000,
                                    run_at => now() + :delayMs * interval '1 ms')`,
    { task: JOB_TASK, id, key: keyOf(id), delayMs },
  );
}

const keyOf = (id: string) => `job:${id}`;

/** A live worker leases a job within milliseconds of locking it; one that has not done so for this long is dead. */
const LOCK_WITHOUT_LEASE_MS = 3000;

/**
 * Brings back what a killed worker left: the queue keeps its locks for four hours, our leases for seconds. Unlocks queue
 * entries whose job nobody holds any more, and delivers unfinished jobs that the queue has lost. Returns how many.
 */
export async function redeliverAbandoned(db: Db): Promise<number> {
  const unlocked = await db.raw<{ rows: { workers: string[] | null }[] }>(
    `with dead as (select array_agg(q.locked_by) as workers
                     from graphile_worker.jobs q
                     join platform.jobs j on q.key = 'job:' || j.id
                    where q.locked_at < now() - :ms * interval '1 ms'
                      and (j.lease_until is null or j.lease_until < clock_timestamp()))
     select workers, graphile_worker.force_unlock_workers(workers) from dead where workers is not null`,
    { ms: LOCK_WITHOUT_LEASE_MS },
  );
  const lost = await db.raw<{ rows: { id: string }[] }>(
    `select j.id from platform.jobs j
      where j.status in ('queued', 'running', 'undoing')
        and (j.lease_until is null or j.lease_until < clock_timestamp())
        and not exists (select 1 from graphile_worker.jobs q where q.key = 'job:' || j.id)
        and not exists (select 1 from platform.jobs e
                         where e.tenant_id = j.tenant_id and e.status in ('queued', 'running', 'undoing')
                           and (e.created_at, e.id) < (j.created_at, j.id))`,
  );
  for (const { id } of lost.rows) await deliverJob(db, id);
  return (unlocked.rows[0]?.workers?.length ?? 0) + lost.rows.length;
}
