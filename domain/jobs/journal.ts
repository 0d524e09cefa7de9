import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { deliverJob } from '#platform/jobs/queries.ts';
import { secretsOf } from './kinds.ts';
import { listSteps } from './listings.ts';
import {
  claimJob,
  findNextOfTenant,
  renewLeases,
  skipPendingSteps,
  updateOwnedJob,
  updateOwnedStep,
  type StepChange,
} from './queries.ts';
import type { ClaimedJob, JobStep, StepSaying } from './types.ts';

/** The right of one worker to write one job's journal. It is lost by not being renewed for {@link LEASE_MS}. */
export type Lease = { job: ClaimedJob; owner: string };

/** Long enough for a stalled event loop, short enough that a killed worker's job is resumed within seconds. */
export const LEASE_MS = 4000;

/** Another worker may have this job by now: stop at once and write nothing more. */
export class LeaseLost extends Error {
  constructor(jobId: string) {
    super(`the lease on job ${jobId} ran out`);
    this.name = 'LeaseLost';
  }
}

/**
 * Takes a job for `owner` (unique per claim). Undefined when it is finished, held by another, or must wait for an earlier
 * job of its tenant.
 */
export async function takeJob(
  ctx: Context,
  claim: { id: string; owner: string },
): Promise<(Lease & { steps: JobStep[] }) | undefined> {
  const job = await claimJob(ctx.db, { ...claim, leaseMs: LEASE_MS });
  return job && { job, owner: claim.owner, steps: await listSteps(ctx, job.id) };
}

/** Prolongs the leases of these owners; those missing from the answer are lost. */
export function keepLeases(ctx: Context, owners: string[]): Promise<{ owner: string; cancelRequested: boolean }[]> {
  return renewLeases(ctx.db, { owners, leaseMs: LEASE_MS });
}

/** Writes that a step begins. Throws {@link LeaseLost}. */
export async function beginStep(ctx: Context, lease: Lease, position: number): Promise<void> {
  await changeStep(ctx, lease, position, { status: 'running', startedAt: ctx.clock.now(), begins: true });
}

/** Writes how far a step is that is still at work. Throws {@link LeaseLost}. */
export async function reportStep(ctx: Context, lease: Lease, position: number, output: StepSaying[]): Promise<void> {
  await changeStep(ctx, lease, position, { status: 'running', output });
}

/** Writes that a step did its work, and what that was. Throws {@link LeaseLost}. */
export async function finishStep(ctx: Context, lease: Lease, position: number, output: StepSaying[]): Promise<void> {
  await changeStep(ctx, lease, position, {
    status: 'done',
    output,
    errorMessage: null,
    finishedAt: ctx.clock.now(),
  });
}

/** Writes what became of undoing a step: `problem` says why it could not be undone. Throws {@link LeaseLost}. */
export async function recordUndo(ctx: Context, lease: Lease, step: JobStep, problem: string | null): Promise<void> {
  const finishedAt = ctx.clock.now();
  if (problem !== null)
    await changeStep(ctx, lease, step.position, { status: 'failed', errorMessage: problem, finishedAt });
  // A step that failed keeps saying so: that is where the job broke.
  else if (step.status !== 'failed') await changeStep(ctx, lease, step.position, { status: 'undone', finishedAt });
}

type Pause = { position: number; delayMs: number; errorMessage: string | null };

/**
 * Lays the job aside: the step is begun again after `delayMs`, by whichever worker is free. A pause without an error does
 * not count as a try. Throws {@link LeaseLost}.
 */
export async function pauseJob(ctx: Context, lease: Lease, { position, delayMs, errorMessage }: Pause): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    await changeStep(tx, lease, position, { status: 'pending', errorMessage, uncount: errorMessage === null });
    await changeJob(tx, lease, { status: 'queued', release: true });
    await deliverJob(tx.db, lease.job.id, delayMs);
  });
}

/** Gives the job back as it stands, because this worker stops. Throws {@link LeaseLost}. */
export async function giveBack(ctx: Context, { job, owner }: Lease): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    await changeJob(tx, { job, owner }, { release: true });
    await deliverJob(tx.db, job.id);
  });
}

export type Failure = { code: string; message: string };

/** Turns round: from now on the job undoes what it did. `position` is the step that broke, if one did. */
export async function beginUndo(ctx: Context, lease: Lease, failure: Failure, position?: number): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    if (position !== undefined)
      await changeStep(tx, lease, position, {
        status: 'failed',
        errorMessage: failure.message,
        finishedAt: tx.clock.now(),
      });
    await changeJob(tx, lease, { status: 'undoing', errorCode: failure.code, errorMessage: failure.message });
  });
}

/**
 * Ends the job and lets the tenant's next one begin. One that succeeded will not run again, so its payload's secrets are
 * erased; any other keeps them for a retry. Throws {@link LeaseLost}.
 */
export async function endJob(
  ctx: Context,
  lease: Lease,
  end: { status: 'succeeded' | 'failed' | 'cancelled'; errorMessage?: string },
): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const forget = end.status === 'succeeded' ? secretsOf(lease.job.kind) : [];
    await changeJob(tx, lease, { ...end, finishedAt: tx.clock.now(), release: true, forget });
    await skipPendingSteps(tx.db, lease.job.id);
    const next = lease.job.tenantId && (await findNextOfTenant(tx.db, lease.job.tenantId));
    if (next) await deliverJob(tx.db, next);
  });
}

async function changeStep(ctx: Context, { job, owner }: Lease, position: number, change: StepChange): Promise<void> {
  if (!(await updateOwnedStep(ctx.db, { id: job.id, owner, position }, change))) throw new LeaseLost(job.id);
}

async function changeJob(
  ctx: Context,
  { job, owner }: Lease,
  change: Parameters<typeof updateOwnedJob>[2],
): Promise<void> {
  if (!(await updateOwnedJob(ctx.db, { id: job.id, owner }, change))) throw new LeaseLost(job.id);
}
