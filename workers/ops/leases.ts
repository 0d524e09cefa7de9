import { setMaxListeners } from 'node:events';
import { keepLeases, LEASE_MS, LeaseLost, takeJob, type JobStep, type Lease } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { newId } from '#platform/ids.ts';

/** A job this process holds. The signals say why it must stop, each with an error as its reason. */
export type HeldJob = Lease & {
  steps: JobStep[];
  lost: AbortSignal;
  cancelled: AbortSignal;
  release(): void;
};

export class CancelRequested extends Error {
  constructor() {
    super('Cancelled by an operator.');
    this.name = 'CancelRequested';
  }
}

type Held = { jobId: string; renewedAtMs: number; lost: AbortController; cancelled: AbortController };

/** The leases of this process. `renew` must be called several times within {@link LEASE_MS}. */
export type Leases = ReturnType<typeof createLeases>;

export function createLeases(instance: string) {
  const held = new Map<string, Held>();

  return {
    /** Takes the job, or nothing when it is not ours to take. */
    async take(ctx: Context, jobId: string): Promise<HeldJob | undefined> {
      const owner = `${instance}/${newId()}`;
      const renewedAtMs = performance.now();
      const taken = await takeJob(ctx, { id: jobId, owner });
      if (!taken) return undefined;
      const [lost, cancelled] = [new AbortController(), new AbortController()];
      // Each step listens to both; a job of many steps is not a leak.
      setMaxListeners(0, lost.signal, cancelled.signal);
      // Asked for while the job waited; a job that is being undone is past cancelling.
      if (taken.job.cancelRequestedAt && taken.job.status === 'running') cancelled.abort(new CancelRequested());
      held.set(owner, { jobId, renewedAtMs, lost, cancelled });
      return {
        ...taken,
        lost: lost.signal,
        cancelled: cancelled.signal,
        release: () => void held.delete(owner),
      };
    },

    /** Prolongs every lease, and tells the jobs that lost theirs or shall be cancelled. Throws when the database does. */
    async renew(ctx: Context): Promise<void> {
      if (held.size === 0) return;
      const askedAtMs = performance.now();
      const owners = [...held.keys()];
      try {
        const answers = new Map((await keepLeases(ctx, owners)).map((kept) => [kept.owner, kept]));
        for (const owner of owners) tell(held.get(owner), answers.get(owner), askedAtMs);
      } finally {
        // Also when the database is silent: after LEASE_MS another worker may have taken what we hold.
        for (const job of held.values())
          if (performance.now() - job.renewedAtMs > LEASE_MS) job.lost.abort(new LeaseLost(job.jobId));
      }
    },

    count: () => held.size,
  };
}

/** Passes on what the database said about one job; it may have ended meanwhile, which nobody needs to be told. */
function tell(job: Held | undefined, kept: { cancelRequested: boolean } | undefined, askedAtMs: number): void {
  if (!job) return;
  if (!kept) job.lost.abort(new LeaseLost(job.jobId));
  else job.renewedAtMs = askedAtMs;
  if (kept?.cancelRequested) job.cancelled.abort(new CancelRequested());
}
