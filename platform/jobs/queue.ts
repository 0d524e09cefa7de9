import type { Clock } from '#platform/clock.ts';
import type { Actor } from '#platform/context.ts';
import type { Db } from '#platform/db/database.ts';
import { newId } from '#platform/ids.ts';
import { insertJob } from './queries.ts';

/** Work to be done later by the ops worker. `subject` is what an operator reads ("store acme"); `steps` what will run. */
export type JobRequest = {
  kind: string;
  subject: string;
  tenantId?: string;
  payload: Record<string, unknown>;
  /** Names of the steps in order, so that they are shown as pending before the job starts. */
  steps: readonly string[];
};

export type JobQueue = {
  /**
   * Records the job and its steps in the journal and hands it to the queue, all on the caller's transaction, so that no
   * job exists without the change that asked for it. Returns the job's id. Throws outside a transaction.
   */
  enqueue(request: JobRequest): Promise<string>;
};

type Parts = { db: Db; clock: Clock; actor: Actor; requestId: string };

export function createJobQueue({ db, clock, actor, requestId }: Parts): JobQueue {
  return {
    async enqueue(request) {
      if (!db.isTransaction) throw new TypeError(`${request.kind} must be enqueued inside withTransaction`);
      const id = newId();
      await insertJob(db, { id, request, requestedBy: actor.label, requestId, at: clock.now() });
      return id;
    },
  };
}
