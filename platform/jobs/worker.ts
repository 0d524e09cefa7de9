import { Logger as QueueLogger, run } from 'graphile-worker';
import type pg from 'pg';
import type { Logger } from '#platform/log/index.ts';
import { JOB_TASK } from './queries.ts';

type Options = {
  pool: pg.Pool;
  concurrency: number;
  log: Logger;
  /** Runs the job with this id to its end or to its next pause. May be called twice for one job, even at once. */
  runJob: (jobId: string) => Promise<void>;
};

export type QueueWorker = {
  /** Settles when the worker is gone; rejects when it gave up by itself. */
  ended: Promise<void>;
  /** Takes no more jobs and resolves when the running ones have returned. */
  stop(): Promise<void>;
};

/** Notifications wake the worker at once; the poll finds what is due later and what a lost notification hid. */
const POLL_MS = 1000;

/** Starts taking jobs from the queue. It holds one connection of `pool` to LISTEN. */
export async function startQueueWorker({ pool, concurrency, log, runJob }: Options): Promise<QueueWorker> {
  const runner = await run({
    pgPool: pool,
    concurrency,
    pollInterval: POLL_MS,
    noHandleSignals: true,
    logger: new QueueLogger(() => (level, message) => {
      if (level === 'error') log.error({}, message);
      else if (level === 'warning') log.warn({}, message);
      else log.debug({}, message);
    }),
    taskList: { [JOB_TASK]: async (payload) => runJob((payload as { jobId: string }).jobId) },
  });
  return { ended: runner.promise, stop: () => runner.stop() };
}
