import assert from 'node:assert/strict';
import { listOpenAlerts } from '#tests/support/untended-streams.ts';
import { enrolDroplet, listEdges } from '#domain/droplets/index.ts';
import { requestJob, type Job, type JobKind, type JobStep } from '#domain/jobs/index.ts';
import { changeFaces, DEFAULT_BRANDING, updateTenant } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import type { RetryPolicy } from '#workers/ops/failure-policy.ts';
import type { Running } from '#platform/process.ts';
import { fetchHostKey } from '#platform/ssh/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from './console-database.ts';
import { startCutLine, type CutLine } from './cut-line.ts';
import { ask } from './edge-requests.ts';
import { startTestEdge, type TestEdge } from './edge.ts';
import { makeGate, type Gate } from './gate.ts';
import { finished, startTestOpsWorker } from './ops.ts';
import { insertStores, type Store } from './publisher.ts';

const SLUGS = ['acme', 'bravo', 'carla', 'delta', 'elisa', 'fabio', 'gloria', 'heitor'];

/** Where bravo is served from the beginning besides its own name. */
export const OWN_DOMAIN = 'www.bravo.example';

type JobInput<K extends JobKind> = Parameters<typeof requestJob<K>>[1]['payload'];
type Served = { slug: string; name: string; revision: number };
type FinishedJob = Job & { steps: JobStep[] };

/** Stores that are live on an edge of their own, the worker that publishes them, and every way to break what is between. */
export type FaultLab = {
  console: ConsoleDatabase;
  ctx: Context;
  edge: TestEdge;
  /** The way to its sshd, and the way by which the worker probes it; visitors have one of their own. */
  sshLine: CutLine;
  webLine: CutLine;
  stores: readonly Store[];
  slugs: readonly string[];
  idOf(slug: string): string;
  /** Asks for a publication of one store under another name. Returns the job. */
  rename(slug: string, name: string): Promise<string>;
  /** The same of all stores by one job; `features` make their files as long as one likes. */
  renameAll(name: string, features?: Record<string, boolean>): Promise<string>;
  /** Asks for a job of this kind. */
  request<K extends JobKind>(kind: K, payload: JobInput<K>): Promise<string>;
  /** Asks for what a hand has done to the edge to be undone; `actual` is what a place holds. */
  restore(findings: { kind: 'edited' | 'deleted' | 'mode'; name: string; actual: string }[]): Promise<string>;
  /** Asks for every store to be published as it is. */
  publishAll(): Promise<string>;
  /** Gives a store an address of its own and asks for it to be published. Returns the job. */
  addDomain(slug: string, host: string): Promise<string>;
  finished(jobId: string): Promise<FinishedJob>;
  /** Pins the host key that the edge shows now. */
  enrol(): Promise<void>;
  /** With no memory of a broken line. */
  restartWorkers(): Promise<void>;
  /** What the public sees under a host; undefined when no store is served there. */
  served(host: string): Promise<Served | undefined>;
  openAlerts(): Promise<string[]>;
  /** For sabotage of the agent that waits for the test. */
  gate: Gate;
  close(): Promise<void>;
};

type Options = { diskKilobytes?: number; workers?: number; retry?: RetryPolicy };

export async function openFaultLab({ diskKilobytes, workers: count = 1, retry }: Options = {}): Promise<FaultLab> {
  const console = await openConsoleDatabase();
  const edge = await startTestEdge({ ownAgent: true, ...(diskKilobytes !== undefined && { diskKilobytes }) });
  const { ctx, url } = console;
  const sshLine = await startCutLine(edge.sshTarget.port);
  const webLine = await startCutLine(Number(new URL(edge.url).port));
  const enrol = async () => {
    const hostKey = await fetchHostKey('127.0.0.1', edge.sshTarget.port);
    const probeUrl = `http://127.0.0.1:${webLine.port}`;
    await enrolDroplet(ctx, { ...edge.sshTarget, hostKey, port: sshLine.port, role: 'edge', probeUrl });
  };
  await enrol();
  const startWorkers = () =>
    Promise.all(Array.from({ length: count }, () => startTestOpsWorker({ url, edge, ...(retry && { retry }) })));
  const stopWorkers = () => Promise.all(workers.map((worker) => worker.stop()));
  let workers: Running[] = await startWorkers();
  const stores = await insertStores(ctx, SLUGS, 'live');

  const lab: FaultLab = {
    console,
    ctx,
    edge,
    sshLine,
    webLine,
    stores,
    slugs: SLUGS,
    idOf: (slug) => stores.find((store) => store.slug === slug)!.tenantId,
    async rename(slug, name) {
      const { jobId } = await updateTenant(ctx, slug, { changes: { name } });
      return jobId!;
    },
    renameAll(name, features = {}) {
      const { themeVersion: _, ...defaults } = DEFAULT_BRANDING;
      const branding = { ...defaults, features };
      const changes = stores.map(({ tenantId, slug }) => ({ tenantId, name: `${name} ${slug}`, branding }));
      return changeFaces(ctx, { changes, reason: 'a test', action: 'tenant.updated' });
    },
    request: (kind, payload) => withTransaction(ctx, (tx) => requestJob(tx, { kind, subject: 'a test', payload })),
    async restore(findings) {
      const [{ id: dropletId } = { id: '' }] = await listEdges(ctx);
      return lab.request('edge.restore', { dropletId, findings });
    },
    publishAll: () =>
      lab.request('tenants.publish', { tenantIds: stores.map((store) => store.tenantId), reason: 'a test' }),
    addDomain: (slug, host) =>
      withTransaction(ctx, async (tx) => {
        const at = tx.clock.now();
        const proof = { status: 'verified', token: 'x', added_by: 'olivia', verified_by: 'dns', verified_at: at };
        await tx.db('platform.domains').insert({ host, tenant_id: lab.idOf(slug), created_at: at, ...proof });
        return requestJob(tx, { kind: 'edge.publish_maps', subject: host, payload: { reason: 'a test' } });
      }),
    enrol,
    finished: (jobId) => finished(ctx, jobId, 60_000),
    async restartWorkers() {
      await stopWorkers();
      workers = await startWorkers();
    },
    async served(host) {
      const { status, body } = await ask(edge.url, host, '/tenant.json');
      return status === 200 ? readDocument(body) : undefined;
    },
    openAlerts: async () => (await listOpenAlerts(ctx)).map((alert) => alert.title).toSorted(),
    gate: makeGate(edge.keysDir),
    async close() {
      await stopWorkers();
      await Promise.all([sshLine.cut(), webLine.cut()]);
      await edge.stop();
      await console.drop();
    },
  };
  await makeLive(lab);
  return lab;
}

/** By the product itself. The first maps too, so that there are some to lose. */
async function makeLive(lab: FaultLab): Promise<void> {
  for (const jobId of [await lab.renameAll('Loja'), await lab.addDomain('bravo', OWN_DOMAIN)]) {
    const job = await lab.finished(jobId);
    assert.equal(job.status, 'succeeded', job.errorMessage);
  }
}

function readDocument(body: string): Served | undefined {
  try {
    return JSON.parse(body) as Served;
  } catch {
    // Somebody's garbage is no store.
    return undefined;
  }
}
