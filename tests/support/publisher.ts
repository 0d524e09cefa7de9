import { publishChanges, type Change, type EdgeContext } from '#domain/edge/index.ts';
import { requestJob } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createSshPool, type SshPool } from '#platform/ssh/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from './console-database.ts';
import { startTestEdge, type TestEdge } from './edge.ts';
import { enrolEdge } from './ops.ts';

export type Store = { tenantId: string; slug: string };

/** Publishing without a worker: a database with stores in it, an edge of its own, and the calls that a job step makes. */
export type Publisher = {
  console: ConsoleDatabase;
  ctx: EdgeContext & { ssh: SshPool };
  edge: TestEdge;
  signal: AbortSignal;
  /** Rows of stores with this status, not published anywhere. */
  addStores(slugs: readonly string[], status?: string): Promise<Store[]>;
  /** The id of a new job, which nobody runs. */
  newJob(): Promise<string>;
  /** What a job would run on. */
  payloadOf<P>(jobId: string): Promise<P>;
  /** Publishes under a job of its own. */
  publish(changes: readonly Change[]): ReturnType<typeof publishChanges>;
  close(): Promise<void>;
};

export async function openPublisher(): Promise<Publisher> {
  const console = await openConsoleDatabase();
  const edge = await startTestEdge();
  await enrolEdge(console.ctx, edge);
  const ssh = createSshPool({ keysDir: edge.keysDir, log: silentLogger });
  const ctx = { ...console.ctx, ssh, baseDomain: 'localhost' };
  const { signal } = new AbortController();
  const order = { kind: 'edge.publish_maps', subject: 'test', payload: { reason: 'test' } } as const;
  const newJob = () => withTransaction(ctx, (tx) => requestJob(tx, order));
  return {
    console,
    ctx,
    edge,
    signal,
    newJob,
    async payloadOf(jobId) {
      const [payload] = await ctx.db('platform.jobs').where({ id: jobId }).pluck('payload');
      return payload;
    },
    addStores: (slugs, status = 'live') => insertStores(ctx, slugs, status),
    async publish(changes) {
      const why = { author: 'olivia', reason: 'a test', purpose: 'publish', signal };
      return publishChanges(ctx, { ...why, jobId: await newJob(), changes });
    },
    async close() {
      await ssh.stop();
      await edge.stop();
      await console.drop();
    },
  };
}

/** Rows of stores with this status, many at once, not published anywhere. */
export async function insertStores(ctx: Context, slugs: readonly string[], status: string): Promise<Store[]> {
  const at = ctx.clock.now();
  const stores = slugs.map((slug) => ({ tenantId: newId(), slug }));
  const rows = stores.map(({ tenantId: id, slug }) => ({
    id,
    slug,
    name: `Loja ${slug}`,
    status,
    admin_email: `maria@${slug}.example`,
    status_changed_at: at,
    created_at: at,
    updated_at: at,
  }));
  await ctx.db.batchInsert('platform.tenants', rows, 1000);
  const names = stores.map(({ tenantId, slug }) => ({ slug, tenant_id: tenantId, kind: 'primary', reserved_at: at }));
  await ctx.db.batchInsert('platform.slugs', names, 1000);
  const branding = stores.map(({ tenantId }) => ({ tenant_id: tenantId, updated_at: at }));
  await ctx.db.batchInsert('platform.tenant_branding', branding, 1000);
  return stores;
}

/** Every store as it is to be served. */
export const live = (stores: readonly Store[]): Change[] => stores.map((store) => ({ ...store, state: 'live' }));
