import { deliverNotices, forgetOldAlerts, watchConditions, type Senders } from '#domain/alerts/index.ts';
import { forgetConnections, lookAtDroplets, recordConnections, tellKeys } from '#domain/droplets/index.ts';
import { lookForDrift, watchStores } from '#domain/edge/index.ts';
import { forgetOldOutput, type Job } from '#domain/jobs/index.ts';
import { tendDays } from '#domain/retention/index.ts';
import { readStreams, streamConditions } from '#domain/streams/index.ts';
import { expireNames } from '#domain/tenants/index.ts';
import { createContext, type Context } from '#platform/context.ts';
import type { Database } from '#platform/db/index.ts';
import { systemClock } from '#platform/clock.ts';
import { ignoreBecause } from '#platform/errors.ts';
import { redeliverAbandoned } from '#platform/jobs/queries.ts';
import { startQueueWorker } from '#platform/jobs/worker.ts';
import type { Logger } from '#platform/log/index.ts';
import type { Metrics } from '#platform/metrics/index.ts';
import type { Running } from '#platform/process.ts';
import type { SshPool } from '#platform/ssh/index.ts';
import { startHeartbeat } from '../heartbeat.ts';
import { DEFAULT_RETRY, type RetryPolicy } from './failure-policy.ts';
import type { JobContext, JobHandler } from './job-handler.ts';
import { createLeases, type Leases } from './leases.ts';
import { startPulse } from './pulse.ts';
import { JOB_HANDLERS } from './registry.ts';
import { runJob, type JobRunner } from './run-job.ts';
import { startScheduler } from './schedules/scheduler.ts';

type OpsWorkerParts = {
  database: Database;
  ssh: SshPool;
  baseDomain: string;
  archivesDir: string;
  log: Logger;
  metrics: Metrics;
  /** Names this run of the process among all that ever ran. */
  instance: string;
  /** Where alerts are told. */
  senders?: Senders;
  handlers?: ReadonlyMap<string, JobHandler>;
  retry?: RetryPolicy;
};

const CONCURRENCY = 4;
const RENEW_LEASES_MS = 1000;
const TEND_MS = 2000;
/** Often enough that the SSH connections stay open between two looks. */
const LOOK_AT_DROPLETS_MS = 30_000;
/** Names end by the day; an hour late is early enough. */
const EXPIRE_NAMES_MS = 3_600_000;
const TELL_CONNECTIONS_MS = 5000;
const FORGET_OUTPUT_MS = 3_600_000;
const FORGET_ALERTS_MS = 3_600_000;
const LOOK_FOR_DRIFT_MS = 60_000;
const WATCH_STORES_MS = 1000;
/** Days are made a week ahead and dropped after weeks; ten minutes are for what a busy table put off. */
const TEND_DAYS_MS = 600_000;
const WATCH_STREAMS_MS = 5000;
const TELL_ALERTS_MS = 2000;
/** What a running step may still take when the process is asked to stop; the whole has 10 s. */
const GRACE_MS = 5000;

/** Takes jobs and runs them until stopped. A job it cannot end in time is given back for the next worker. */
export async function startOpsWorker(parts: OpsWorkerParts): Promise<Running> {
  const { database, log } = parts;
  const leases = createLeases(parts.instance);
  const own = contextOf(parts, { label: 'ops worker', requestId: parts.instance });
  const [stopping, stopNow] = [new AbortController(), new AbortController()];
  const runner: JobRunner = {
    contextFor: (job) => contextOf(parts, { label: job.requestedBy, requestId: job.requestId, job }),
    handlers: parts.handlers ?? JOB_HANDLERS,
    leases,
    retry: parts.retry ?? DEFAULT_RETRY,
    stopping: stopping.signal,
    stopNow: stopNow.signal,
  };
  const runJobById = measured(parts.metrics, (jobId) => runJob(runner, own, jobId));
  const worker = await startQueueWorker({ pool: database.pool, concurrency: CONCURRENCY, log, runJob: runJobById });
  const chores = startChores(own, leases, parts);
  const scheduler = startScheduler(own);
  const heartbeat = startHeartbeat({
    db: database.db,
    process: 'ops',
    instance: parts.instance,
    detail: () => ({ jobs: leases.count() }),
    log,
  });
  return {
    async stop() {
      stopping.abort();
      const late = setTimeout(() => stopNow.abort(), GRACE_MS);
      await worker.stop();
      clearTimeout(late);
      await scheduler.stop();
      await chores.stop();
      await forgetConnections(own, parts.instance).catch(
        ignoreBecause('without a database the silence says it, only later'),
      );
      await heartbeat.stop();
    },
  };
}

/** Counts and times the turns that jobs take; a job that is laid aside and resumed has several. */
function measured(metrics: Metrics, run: (jobId: string) => Promise<void>): (jobId: string) => Promise<void> {
  const active = metrics.gauge('ops_jobs_running', 'Jobs this worker has in hand');
  const turns = metrics.histogram('ops_job_turn_seconds', 'Time a job was in hand without a pause');
  return async (jobId) => {
    active.inc();
    const stopTimer = turns.startTimer();
    try {
      await run(jobId);
    } finally {
      stopTimer();
      active.dec();
    }
  };
}

/** What a worker sees to besides its jobs. */
function startChores(ctx: JobContext, leases: Leases, { ssh, instance, senders = {} }: OpsWorkerParts): Running {
  const look = async () => {
    await Promise.all([lookAtDroplets(ctx), tellKeys(ctx)]);
  };
  const tellConnections = () => recordConnections(ctx, instance, ssh.connections());
  return startPulse(
    [
      { everyMs: RENEW_LEASES_MS, what: 'renewing the leases', beat: () => leases.renew(ctx) },
      { everyMs: TEND_MS, what: 'tending the queue', beat: () => tendQueue(ctx) },
      { everyMs: EXPIRE_NAMES_MS, what: 'ending old names', beat: async () => void (await expireNames(ctx)) },
      { everyMs: LOOK_FOR_DRIFT_MS, what: 'looking for drift', beat: () => lookForDrift(ctx) },
      { everyMs: WATCH_STORES_MS, what: 'watching the stores', beat: () => watchStores(ctx) },
      { everyMs: LOOK_AT_DROPLETS_MS, what: 'looking at the droplets', beat: look },
      { everyMs: TELL_CONNECTIONS_MS, what: 'telling of the connections', beat: tellConnections },
      { everyMs: FORGET_OUTPUT_MS, what: 'forgetting old output', beat: () => forgetOldOutput(ctx) },
      { everyMs: FORGET_ALERTS_MS, what: 'forgetting old alerts', beat: () => forgetOldAlerts(ctx) },
      { everyMs: TEND_DAYS_MS, what: 'tending the days of events', beat: () => tendDays(ctx) },
      { everyMs: WATCH_STREAMS_MS, what: 'watching the streams', beat: () => watchStreams(ctx) },
      { everyMs: TELL_ALERTS_MS, what: 'telling of alerts', beat: (stop) => deliverNotices(ctx, senders, stop) },
    ],
    ctx.log,
  );
}

/** From PostgreSQL alone: that Redis, the relay or all workers are gone is what it is to notice. */
async function watchStreams(ctx: Context): Promise<void> {
  await watchConditions(ctx, streamConditions(await readStreams(ctx, undefined)));
}

/** Brings back the jobs of workers that do not live any more. */
async function tendQueue({ db, log }: Context): Promise<void> {
  const count = await redeliverAbandoned(db);
  if (count > 0) log.warn({ count }, 'delivered again what a dead worker had left');
}

type Who = { label: string; requestId: string; job?: Job };

/** What a job does is done by the system, in the name of the person who asked for it. */
function contextOf(
  { database, ssh, baseDomain, archivesDir, log }: OpsWorkerParts,
  { label, requestId, job }: Who,
): JobContext {
  const base = createContext({
    db: database.db,
    log: job ? log.child({ jobId: job.id, kind: job.kind, requestId }) : log,
    clock: systemClock,
    actor: { kind: 'system', label },
    requestId,
  });
  return { ...base, ssh, baseDomain, archivesDir };
}
