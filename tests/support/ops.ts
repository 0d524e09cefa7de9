import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { enrolDroplet } from '#domain/droplets/index.ts';
import { getJob, type Job, type JobStep, type StepSaying } from '#domain/jobs/index.ts';
import { createTenant, type CreatedTenant } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { openDatabase } from '#platform/db/index.ts';
import { getForHost, type HostResponse } from '#platform/http/host-request.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createMetrics } from '#platform/metrics/index.ts';
import type { Running } from '#platform/process.ts';
import { createSshPool } from '#platform/ssh/index.ts';
import type { RetryPolicy } from '#workers/ops/failure-policy.ts';
import type { JobHandler, StepCode } from '#workers/ops/job-handler.ts';
import { startOpsWorker } from '#workers/ops/ops-worker.ts';
import type { TestEdge } from './edge.ts';
import { eventually } from './eventually.ts';
import { freePort } from './ports.ts';

/** Only a failing test waits this long. */
const READY_WITHIN_MS = 60_000;
const ENTRY = fileURLToPath(new URL('../../workers/ops.ts', import.meta.url));

/** Enrols the test's edge under its name. */
export async function enrolEdge(ctx: Context, edge: TestEdge): Promise<void> {
  await enrolDroplet(ctx, { ...edge.sshTarget, role: 'edge', probeUrl: edge.url });
}

/** Fails fast: one retry, at once. */
const QUICK_RETRY: RetryPolicy = { attempts: 2, firstDelayMs: 20 };

type InProcess = {
  url: string;
  /** Whose keys it logs in with. */
  edge?: Pick<TestEdge, 'keysDir'>;
  handlers?: ReadonlyMap<string, JobHandler>;
  retry?: RetryPolicy;
};

/** An ops worker in this process, with connections of its own. */
export async function startTestOpsWorker({ url, edge, handlers, retry = QUICK_RETRY }: InProcess): Promise<Running> {
  const database = openDatabase({ url, poolMax: 4, applicationName: 'ops-test', log: silentLogger });
  const ssh = createSshPool({ keysDir: edge?.keysDir ?? '/nonexistent', log: silentLogger });
  const worker = await startOpsWorker({
    database,
    ssh,
    baseDomain: 'localhost',
    archivesDir: edge ? archivesDirOf(edge) : '/nonexistent',
    log: silentLogger,
    metrics: createMetrics('ops'),
    instance: `test-${performance.now()}`,
    retry,
    ...(handlers && { handlers }),
  });
  return {
    async stop() {
      await worker.stop();
      await ssh.stop();
      await database.stop();
    },
  };
}

/** The real program, to be killed. */
export async function spawnOps({ url, edge }: { url: string; edge: TestEdge }): Promise<ChildProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, [ENTRY], {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      NODE_ENV: 'test',
      LOG_LEVEL: 'warn',
      DATABASE_URL: url,
      SSH_KEYS_DIR: edge.keysDir,
      BASE_DOMAIN: 'localhost',
      ARCHIVES_DIR: archivesDirOf(edge),
      OPS_PORT: String(port),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const isReady = async () => (await fetch(`http://127.0.0.1:${port}/ready`)).ok;
  await eventually(isReady, { timeoutMs: READY_WITHIN_MS }).catch(async (error: unknown) => {
    await kill(child);
    throw error;
  });
  return child;
}

/** Where a worker of this edge keeps the copies of stores; it goes with the edge. */
export const archivesDirOf = (edge: Pick<TestEdge, 'keysDir'>): string => join(edge.keysDir, '..', 'archives');

/** As a power cut would. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

export function newStore(ctx: Context, slug: string): Promise<CreatedTenant> {
  return createTenant(ctx, { slug, name: `Loja ${slug}`, admin: { name: 'Maria', email: `maria@${slug}.example` } });
}

/** Waits until the job is in one of these states. */
export function jobIn(
  ctx: Context,
  id: string,
  statuses: Job['status'][],
  timeoutMs = 15_000,
): Promise<Job & { steps: JobStep[] }> {
  return eventually(
    async () => {
      const job = await getJob(ctx, id);
      if (!statuses.includes(job.status)) throw new Error(`job is ${job.status}: ${JSON.stringify(job.steps)}`);
      return job;
    },
    { timeoutMs },
  );
}

/** Waits until the job is finished. */
export function finished(ctx: Context, id: string, timeoutMs?: number): Promise<Job & { steps: JobStep[] }> {
  return jobIn(ctx, id, ['succeeded', 'failed', 'cancelled'], timeoutMs);
}

/** What the public sees of a store. */
export function askEdge(edge: TestEdge, slug: string, path: string): Promise<HostResponse> {
  const { signal } = new AbortController();
  return getForHost(edge.url, { path, host: `${slug}.localhost`, timeoutMs: 2000, signal });
}

/** What a job's steps run on, which only its row tells. */
export async function payloadOf(ctx: Context, id: string): Promise<Record<string, unknown>> {
  const row = await ctx.db<{ id: string; payload: Record<string, unknown> }>('platform.jobs').where({ id }).first();
  return row!.payload;
}

/** A sentence of a step as the journal keeps it. */
export const said = (text: string): StepSaying[] => [{ key: 'said', values: { text } }];

/** Steps that say what they did in a sentence. */
export type FakeSteps = Record<
  string,
  Omit<StepCode<unknown>, 'do'> & { do(...args: Parameters<StepCode<unknown>['do']>): Promise<string> }
>;

/** A handler whose steps the test decides anew for each job. */
export function handlerOf(kind: string, steps: () => FakeSteps): ReadonlyMap<string, JobHandler> {
  const handler = {
    kind: kind as JobHandler['kind'],
    parse: (payload: unknown) => payload,
    get steps() {
      return Object.entries(steps()).map(([name, code]) => ({
        name,
        ...code,
        do: async (...args: Parameters<typeof code.do>) => said(await code.do(...args)),
      }));
    },
  };
  return new Map([[kind, handler]]);
}

export function statusesOf(job: { steps: JobStep[] }): JobStep['status'][] {
  return job.steps.map((step) => step.status);
}
