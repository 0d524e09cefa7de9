import { setTimeout as pause } from 'node:timers/promises';
import { getApplication } from '#domain/applications/index.ts';
import { getJob, isFinished } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';

const LOOK_AGAIN_MS = 500;

/**
 * Waits until the job of an application and those of its stores have ended, and tells how far they are whenever that has
 * changed. To stop waiting stops nothing.
 */
export async function followApplication(ctx: Context, id: string, progress: (line: string) => void): Promise<void> {
  let told = '';
  for (;;) {
    const { states, jobId } = await getApplication(ctx, id);
    const isOver = jobId === undefined || isFinished((await getJob(ctx, jobId)).status);
    const { done, in_progress: busy, failed, changed, planned } = states;
    const line = `${done} of ${done + busy + failed + changed + planned} done, ${busy} in progress, ${failed + changed} not done`;
    if (line !== told) progress(line);
    told = line;
    if (isOver && busy === 0) return;
    await pause(LOOK_AGAIN_MS);
  }
}
