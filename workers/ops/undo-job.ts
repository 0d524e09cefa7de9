import { setTimeout as pause } from 'node:timers/promises';
import { giveBack, LeaseLost, listSteps, recordUndo, type Failure, type JobStep } from '#domain/jobs/index.ts';
import { toError } from '#platform/errors.ts';
import { endUndoneJob } from './end-job.ts';
import { describe } from './failure-policy.ts';
import type { JobContext, Plan } from './job-handler.ts';
import type { HeldJob } from './leases.ts';
import type { JobRunner } from './run-job.ts';

/**
 * Takes back the steps that were begun, the last one first, then ends the job. What cannot be taken back does not stop the
 * rest: it is named in the job's error and in an alert, since something is left behind that a person must look at.
 */
export async function undoJob(
  runner: JobRunner,
  ctx: JobContext,
  held: HeldJob,
  { plan, failure }: { plan: Plan; failure: Failure },
): Promise<void> {
  const problems: string[] = [];
  for (const step of (await listSteps(ctx, held.job.id)).toReversed()) {
    const code = plan.handler.steps[step.position - 1]!;
    if (!code.undo || !isToBeUndone(step)) continue;
    if (runner.stopping.aborted) return giveBack(ctx, held);
    const signal = AbortSignal.any([held.lost, runner.stopNow]);
    const run = { jobId: held.job.id, signal, reason: failure.message };
    const problem = await tryRepeatedly(runner, signal, async () => code.undo?.(ctx, plan.payload, run));
    if (held.lost.aborted) throw held.lost.reason;
    if (problem !== null && runner.stopNow.aborted) return giveBack(ctx, held);
    await recordUndo(ctx, held, step, problem);
    if (problem !== null) problems.push(`${step.name}: ${problem}`);
  }
  await endUndoneJob(ctx, held, { failure, problems });
}

/**
 * Everything that was ever begun, even a step that failed: it may have done half of its work. And the step that the job was
 * stopped at, though it never began: what the first step takes back was done by the change that asked for the job.
 */
function isToBeUndone({ status, startedAt }: JobStep): boolean {
  return status === 'failed' || (startedAt !== undefined && status !== 'undone' && status !== 'skipped');
}

/** Null when `attempt` came through, else why its last try did not. */
async function tryRepeatedly(
  { retry }: JobRunner,
  signal: AbortSignal,
  attempt: () => Promise<void>,
): Promise<string | null> {
  for (let tries = 1; ; tries++) {
    try {
      signal.throwIfAborted();
      await attempt();
      return null;
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      if (tries >= retry.attempts || signal.aborted) return describe(toError(error)).message;
    }
    await pause(retry.firstDelayMs * 2 ** (tries - 1));
  }
}
