import { Conflict } from '#platform/errors.ts';
import { sha256 } from './document.ts';

/** Tells one plan from another: whoever confirms a plan names the one that was shown. */
export function fingerprintOf(plan: unknown): string {
  return sha256(JSON.stringify(plan)).slice(0, 32);
}

/** Throws Conflict `plan_changed` when a plan is not the one that was shown any more. */
export function refuseUnlessShown(plan: { fingerprint: string }, shown: string | undefined): void {
  if (shown !== undefined && shown !== plan.fingerprint)
    throw new Conflict(
      'plan_changed',
      'Meanwhile something else would change. Nothing was done; look at the plan again.',
    );
}
