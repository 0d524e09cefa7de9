import { setTimeout as pause } from 'node:timers/promises';
import { getJob, isFinished, listOutput, type Job, type JobStep } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { Conflict } from '#platform/errors.ts';

const LOOK_AGAIN_MS = 200;
const PIECES_AT_ONCE = 500;

/**
 * Waits until a verb has ended and returns what it printed; `watch` gets each line as it comes. Throws Conflict `job_failed`
 * or `job_cancelled` with the reason when it did not succeed; to stop waiting does not stop the verb.
 */
export async function followRun(
  ctx: Context,
  jobId: string,
  watch: (line: string) => void,
): Promise<{ job: Job & { steps: JobStep[] }; output: string }> {
  const reader = readerOf(ctx, jobId, watch);
  for (;;) {
    const job = await getJob(ctx, jobId);
    const output = await reader.next();
    if (!isFinished(job.status)) await pause(LOOK_AGAIN_MS);
    else if (job.status === 'succeeded') return { job, output };
    else throw new Conflict(`job_${job.status}`, `The verb ${job.status}: ${job.errorMessage ?? jobId}`);
  }
}

function readerOf(ctx: Context, jobId: string, watch: (line: string) => void) {
  let [after, output, unfinishedLine] = [0, '', ''];
  return {
    /** Everything printed so far. */
    async next(): Promise<string> {
      for (;;) {
        const pieces = await listOutput(ctx, { jobId, after, limit: PIECES_AT_ONCE });
        const text = pieces.map((piece) => piece.text).join('');
        after = pieces.at(-1)?.seq ?? after;
        output += text;
        const lines = (unfinishedLine + text).split('\n');
        unfinishedLine = lines.pop()!;
        lines.forEach(watch);
        if (pieces.length <= PIECES_AT_ONCE) return output;
      }
    },
  };
}
