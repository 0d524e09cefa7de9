import { publishChanges } from '#domain/edge/index.ts';
import type { StepSaying } from '#domain/jobs/index.ts';
import { getTenant } from '#domain/tenants/index.ts';
import type { JobContext } from '#workers/ops/job-handler.ts';
import { sayWhatWasSeen } from './publication-steps.ts';

/** The purpose under which a store's file is taken off the edges. */
export const WITHDRAWAL = 'withdrawal';

/** Takes a store's file off every edge and sees that none serves it. Returns what was seen. */
export async function withdraw(
  ctx: JobContext,
  { tenantId, reason }: { tenantId: string; reason: string },
  { jobId, signal }: { jobId: string; signal: AbortSignal },
): Promise<StepSaying[]> {
  const { slug } = await getTenant(ctx, tenantId);
  const { seen } = await publishChanges(ctx, {
    jobId,
    purpose: WITHDRAWAL,
    changes: [{ tenantId, slug, state: 'absent' }],
    author: ctx.actor.label,
    reason,
    signal,
  });
  return sayWhatWasSeen(seen);
}
