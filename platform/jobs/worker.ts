import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Logger as QueueLogger, run, type Runner, type WorkerEvents } from 'graphile-worker';
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

async function launch({ pool, concurrency, log, runJob }: Options): Promise<Runner> {
  const events: WorkerEvents = new EventEmitter();
  const runner = await run({
    pgPool: pool,
    concurrency,
    pollInterval: POLL_MS,
    noHandleSignals: true,
    events,
    logger: new QueueLogger(() => (level, message) => {
      if (level === 'error') log.error({}, message);
      else if (level === 'warning') log.warn({}, message);
      else log.debug({}, message);
    }),
    taskList: { [JOB_TASK]: async (payload) => runJob((payload as { jobId: string }).jobId) },
  });
  stopWhenDeaf(runner, events, FAILED_POLLS * concurrency);
  return runner;
}

/** About as many seconds as a worker may fail to ask for jobs before it is taken for deaf. */
const FAILED_POLLS = 3;

/**
 * The library keeps the answer to its first query for good, also when that was an error (taskIdentifiers.js): a worker
 * started in the moment of an outage would never find a job again. So one that fails all the time is stopped, and the
 * supervision starts a fresh one.
 */
function stopWhenDeaf(runner: Runner, events: WorkerEvents, failuresInARow: number): void {
  let failures = 0;
  const heard = () => {
    failures = 0;
  };
  events.on('worker:getJob:empty', heard);
  events.on('job:start', heard);
  events.on('worker:getJob:error', () => {
    failures += 1;
    if (failures === failuresInARow) void runner.stop().catch(ignoreBecause('it is stopping already'));
  });
}
