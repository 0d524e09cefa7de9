import { isDeepStrictEqual } from 'node:util';
import { createTenant, updateTenant } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { AppError } from '#platform/errors.ts';
import { toNewTenant, toTenantChanges } from './entry.ts';
import { judgeEntries, type Verdict } from './judge.ts';
import { listPendingLines } from './listings.ts';
import { lockPendingLine, markOutcome, type PendingLine } from './queries.ts';

type Run = {
  /** Aborted between two lines: what was done until then stays, and what was not can be done by another run. */
  signal: AbortSignal;
  progress: (done: number, count: number) => Promise<void>;
};

/**
 * Creates and updates what was planned and is not done yet, line by line. Each store and the outcome of its line commit
 * together, so that this can end anywhere and be begun again by anybody: no line is done twice, none is left out. A line of
 * which something else would have to be said by now is left alone and named so; one that fails does not keep the others.
 */
export async function applyLines(ctx: Context, applicationId: string, { signal, progress }: Run): Promise<void> {
  const { pending, count } = await listPendingLines(ctx, applicationId);
  for (const [index, position] of pending.entries()) {
    signal.throwIfAborted();
    await progress(count - pending.length + index, count);
    await applyLine(ctx, { applicationId, position });
  }
}

type Place = { applicationId: string; position: number };

async function applyLine(ctx: Context, place: Place): Promise<void> {
  try {
    await withTransaction(ctx, async (tx) => {
      const line = await lockPendingLine(tx.db, place);
      if (line) await carryOut(tx, place, line);
    });
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    const { code, message } = error;
    await markOutcome(ctx.db, place, { outcome: 'failed', error: { code, message } });
  }
}

async function carryOut(tx: Context, place: Place, { action, entry, changes }: PendingLine): Promise<void> {
  const [now] = await judgeEntries(tx, [entry]);
  if (now!.action !== action || !isDeepStrictEqual(asStored(now!.changes), changes))
    return markOutcome(tx.db, place, { outcome: 'changed', error: whyChanged(now!) });
  if (action === 'create') {
    const { tenant, jobId } = await createTenant(tx, toNewTenant(entry));
    return markOutcome(tx.db, place, { outcome: 'created', tenantId: tenant.id, storeJobId: jobId });
  }
  const { tenantId, version } = now!;
  const { jobId } = await updateTenant(tx, tenantId!, { version, changes: toTenantChanges(entry) });
  return markOutcome(tx.db, place, { outcome: 'updated', storeJobId: jobId });
}

/** As JSON keeps it. */
const asStored = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function whyChanged({ faults }: Verdict): { code: string; message: string } {
  const [fault] = faults;
  return (
    fault ?? { code: 'changed_since', message: 'Something else has happened to this store since. Apply the file anew.' }
  );
}
