import { setTimeout as pause } from 'node:timers/promises';
import { Logger as QueueLogger, run, type Runner } from 'graphile-worker';
import type pg from 'pg';
import { ignoreBecause } from '#platform/errors.ts';
import type { Logger } from '#platform/log/index.ts';
import { JOB_TASK } from './queries.ts';

type Options = {
  pool: pg.Pool;
  concurrency: number;
  log: Logger;
  /** Runs the job with this id to its end or to its next pause. May be called twice for one job, even at once. */
  runJob: (jobId: string) => Promise<void>;
};

/** Notifications wake the worker at once; the poll finds what is due later and what a lost notification hid. */
const POLL_MS = 1000;
const RESTART_MS = 1000;

/**
 * Takes jobs from the queue until stopped; `stop` resolves when the running ones have returned. It holds one connection of
 * `pool` to LISTEN. The library gives up when the database fails at the wrong moment: then it is started again. Throws
 * when the database does not answer at the start.
 */
export async function startQueueWorker(options: Options): Promise<{ stop(): Promise<void> }> {
  const stopped = new AbortController();
  let runner = await launch(options);
  const supervise = async () => {
    while (!stopped.signal.aborted) {
      await runner.promise.catch((error: unknown) => options.log.warn({ err: error }, 'the queue worker failed'));
      if (stopped.signal.aborted) return;
      await pause(RESTART_MS, undefined, { signal: stopped.signal }).catch(
        ignoreBecause('the loop sees the stop itself'),
      );
      // Until it starts, `runner` is the dead one, whose promise is settled: the loop comes round again.
      if (!stopped.signal.aborted)
        runner = await launch(options).catch((error: unknown) => {
          options.log.warn({ err: error }, 'the queue worker could not be started again yet');
          return runner;
        });
    }
  };
  const supervision = supervise();
  return {
    async stop() {
      stopped.abort();
      await runner.stop().catch(ignoreBecause('it has ended by itself'));
      await supervision;
    },
  };
}

function launch({ pool, concurrency, log, runJob }: Options): Promise<Runner> {
  return run({
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
}
