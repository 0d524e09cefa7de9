import { recordAudit } from '#domain/audit/index.ts';
import { requestJob } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict } from '#platform/errors.ts';
import { applicationNotFound, getApplication } from './listings.ts';
import { lockApplication, markConfirmed } from './queries.ts';

/**
 * Asks for the one job that creates and updates what was planned; the refused lines are left out. Returns its id. Throws
 * NotFound `application_not_found`; Conflict `application_confirmed` with the id of its job, or `application_empty` when no
 * line creates or updates anything.
 */
export async function confirmApplication(
  ctx: Context,
  id: string,
  { reason }: { reason?: string | undefined } = {},
): Promise<string> {
  return withTransaction(ctx, async (tx) => {
    const { counts, format } = await getApplication(tx, id);
    const locked = await lockApplication(tx.db, id);
    if (!locked) throw applicationNotFound();
    if (locked.confirmedAt)
      throw new Conflict('application_confirmed', 'This was applied already.', { members: { job_id: locked.jobId } });
    const stores = counts.create + counts.update;
    if (stores === 0) throw new Conflict('application_empty', 'No line of this file creates or changes a store.');
    const subject = `${stores} stores`;
    const jobId = await requestJob(tx, { kind: 'tenants.apply', subject, payload: { applicationId: id } });
    await markConfirmed(tx.db, id, { jobId, at: tx.clock.now() });
    await recordAudit(tx, {
      action: 'application.confirmed',
      subject: { type: 'application', id, label: subject },
      after: { format, ...counts, ...(reason !== undefined && { reason }) },
    });
    return jobId;
  });
}
