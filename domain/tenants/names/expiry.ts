import { recordAudit } from '#domain/audit/index.ts';
import { requestJob } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { deleteFreedNames, quarantineEndedAliases, type EndedName } from './queries.ts';

/**
 * How long a name that was somebody's is nobody's, in days: a new customer must not receive the old one's visitors,
 * bookmarks and password managers.
 */
export const QUARANTINE_DAYS = 180;
const DAY_MS = 24 * 60 * 60_000;

/** When a name that is given up now may be another store's. */
export function endOfQuarantine(now: Date): Date {
  return new Date(now.getTime() + QUARANTINE_DAYS * DAY_MS);
}

/**
 * Ends what has had its time: old names stop leading anywhere and go into quarantine, names out of quarantine are free.
 * The edges are told by a job. Returns how many names changed.
 */
export async function expireNames(ctx: Context): Promise<number> {
  return withTransaction(ctx, async (tx) => {
    const now = tx.clock.now();
    const freed = await deleteFreedNames(tx.db, now);
    const ended = await quarantineEndedAliases(tx.db, now, endOfQuarantine(now));
    for (const name of freed) await audit(tx, 'name.freed', name);
    for (const name of ended) await audit(tx, 'name.quarantined', name);
    if (ended.length > 0)
      await requestJob(tx, {
        kind: 'edge.publish_maps',
        subject: 'names of stores',
        payload: { reason: `old names ended: ${ended.map(({ slug }) => slug).join(', ')}` },
      });
    return freed.length + ended.length;
  });
}

function audit(tx: Context, action: string, { slug, tenantId }: EndedName): Promise<void> {
  const subject = { type: 'name', id: slug, label: slug };
  return recordAudit(tx, { action, subject, ...(tenantId !== undefined && { tenantId }) });
}
