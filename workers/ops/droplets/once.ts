import { AppError } from '#platform/errors.ts';
import { CancelJob } from '#platform/jobs/steering.ts';

/** For what a person watches and may ask for again: a refusal ends the job at once instead of being tried again for long. */
export async function once<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AppError) throw new CancelJob(error.code, error.message, { cause: error });
    throw error;
  }
}
