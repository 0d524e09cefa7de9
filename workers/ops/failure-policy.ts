import type { Failure } from '#domain/jobs/index.ts';
import { AppError } from '#platform/errors.ts';
import { CancelJob, SnoozeJob } from '#platform/jobs/steering.ts';
import { CancelRequested } from './leases.ts';

export type RetryPolicy = {
  /** How often a step is begun before its job gives up. */
  attempts: number;
  /** Wait before the second try; doubles with each further one. */
  firstDelayMs: number;
};

/** Rides out a restart of sshd or nginx, and still answers an operator who waits: the waits add up to 7 s. */
export const DEFAULT_RETRY: RetryPolicy = { attempts: 4, firstDelayMs: 1000 };

type Verdict = { action: 'pause'; delayMs: number; errorMessage: string | null } | { action: 'undo'; failure: Failure };

/** Codes that say "a person must look first" although the far side is to blame. */
const HOPELESS = new Set(['ssh_host_key_changed', 'ssh_auth_failed']);

/** Decides what a step's failure means for its job. `attempts` counts the failed try. */
export function judgeFailure(error: Error, attempts: number, retry: RetryPolicy): Verdict {
  if (error instanceof SnoozeJob) return { action: 'pause', delayMs: error.ms, errorMessage: null };
  if (error instanceof CancelRequested)
    return { action: 'undo', failure: { code: 'job_cancelled', message: error.message } };
  const failure = describe(error);
  if (isPermanent(error) || attempts >= retry.attempts) return { action: 'undo', failure };
  return { action: 'pause', delayMs: retry.firstDelayMs * 2 ** (attempts - 1), errorMessage: failure.message };
}

/** What an operator may read of an error: our own words; of a foreign error only that it was one. */
export function describe(error: Error): Failure {
  if (error instanceof AppError || error instanceof CancelJob) return { code: error.code, message: error.message };
  const code = (error as NodeJS.ErrnoException).code;
  return { code: 'unexpected_error', message: `An unexpected error (${code ?? error.name}); the worker's log has it.` };
}

/** Below 500 the request itself is at fault, and repeating it would not mend it. */
function isPermanent(error: Error): boolean {
  if (error instanceof CancelJob) return true;
  return error instanceof AppError && (error.status < 500 || HOPELESS.has(error.code));
}
