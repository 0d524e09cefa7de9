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
 * Hands a recorded job to the queue. `job_key` makes a second delivery of the same job replace the first; attempts are
 * counted and limited by our journal, so the queue's own limit only has to be out of the way.
 */
export async function deliverJob(db: Db, id: string): Promise<void> {
  await db.raw(
    `select graphile_worker.add_job(?, json_build_object('jobId', ?::text), job_key => ?, max_attempts => 1000)`,
    [JOB_TASK, id, `job:${id}`],
  );
}
