import { requestJob } from '#domain/jobs/index.ts';
import { suspendTenant, updateTenant } from '#domain/tenants/index.ts';
import { withTransaction } from '#platform/db/index.ts';
import { startTestServers } from '#tests/support/servers.ts';
import { TEST_STACK_VARIABLE } from '#tests/support/stack.ts';
import { askEdge, finished, startTestOpsWorker } from '#tests/support/ops.ts';
import { live, openPublisher, type Publisher, type Store } from '#tests/support/publisher.ts';
import { medianOf, percentileOf, type Measure } from '../measure.ts';

const STORES = 5000;
const SINGLE_ROUNDS = 3;
const SINGLE_PER_ROUND = 20;
const SUSPENSIONS = 10;
const BATCH = 1000;
const BATCH_WITHIN_MS = 120_000;

/** Publications by the real ops worker to a real edge that serves 5,000 stores, on private servers of their own. */
export async function measurePublications(say: (line: string) => void): Promise<Measure[]> {
  const servers = await startTestServers();
  process.env[TEST_STACK_VARIABLE] = JSON.stringify(servers.stack);
  try {
    const publisher = await openPublisher();
    try {
      return await measureAll(publisher, say);
    } finally {
      await publisher.close();
    }
  } finally {
    await servers.stop();
  }
}

async function measureAll(publisher: Publisher, say: (line: string) => void): Promise<Measure[]> {
  say(`publishing ${STORES} stores …`);
  const stores = await publisher.addStores(Array.from({ length: STORES }, (_, index) => `store-${index}`));
  await publisher.publish(live(stores));
  const worker = await startTestOpsWorker({ url: publisher.console.url, edge: publisher.edge });
  try {
    say('changing one store at a time …');
    const change = await measureChanges(publisher, stores);
    say('suspending stores …');
    const suspension = await measureSuspensions(publisher, stores.slice(-SUSPENSIONS));
    say(`changing ${BATCH} stores at once, one of them bad …`);
    return [change, suspension, ...(await measureBatch(publisher, stores.slice(0, BATCH)))];
  } finally {
    await worker.stop();
  }
}

/** From the change's commit to the probe that saw it. */
async function measureChanges({ ctx }: Publisher, stores: readonly Store[]): Promise<Measure> {
  const rounds: number[][] = [];
  for (let round = 0; round < SINGLE_ROUNDS; round++) {
    const samples: number[] = [];
    for (let index = 0; index < SINGLE_PER_ROUND; index++) {
      const store = stores[(round * SINGLE_PER_ROUND + index) * 31]!;
      const startedMs = performance.now();
      const { jobId } = await updateTenant(ctx, store.tenantId, { changes: { name: `Changed ${round}` } });
      const { status } = await finished(ctx, jobId!, 30_000);
      if (status !== 'succeeded') throw new Error(`the change of ${store.slug} is ${status}`);
      samples.push((performance.now() - startedMs) / 1000);
    }
    rounds.push(samples);
  }
  return percentileOf({ id: 'edge.change_p95_s', unit: 's', goal: '<= 1.5' }, 0.95, rounds);
}

/** From the suspension's commit to the first 503. */
async function measureSuspensions({ ctx, edge }: Publisher, stores: readonly Store[]): Promise<Measure> {
  const samples: number[] = [];
  for (const store of stores) {
    const startedMs = performance.now();
    await suspendTenant(ctx, store.tenantId, { reason: 'measured' });
    while ((await askEdge(edge, store.slug, '/')).status !== 503);
    samples.push((performance.now() - startedMs) / 1000);
  }
  return medianOf({ id: 'edge.suspend_s', unit: 's', goal: '<= 3' }, samples);
}

/** A thousand stores get another name and plan; the document of one of them breaks its schema. */
async function measureBatch({ ctx }: Publisher, stores: readonly Store[]): Promise<Measure[]> {
  const ids = stores.map((store) => store.tenantId);
  const reloadsBefore = await countReloads(ctx);
  const startedMs = performance.now();
  const jobs = await withTransaction(ctx, async (tx) => {
    await tx.db('platform.tenants').whereIn('id', ids).update({ name: 'All at once', plan: 'plus' });
    await tx.db('platform.tenants').where({ id: ids[500]! }).update({ locale: 'x' });
    const subject = `${ids.length} stores`;
    const reason = 'measured';
    return [
      await requestJob(tx, { kind: 'tenants.publish', subject, payload: { tenantIds: ids, reason } }),
      await requestJob(tx, { kind: 'edge.publish_maps', subject: 'edge maps', payload: { reason } }),
    ];
  });
  for (const id of jobs) await finished(ctx, id, BATCH_WITHIN_MS);
  const seconds = (performance.now() - startedMs) / 1000;
  const outcomes = await ctx
    .db('platform.edge_revision_files as f')
    .join('platform.edge_revisions as r', 'r.number', 'f.revision')
    .where({ 'r.job_id': jobs[0] })
    .pluck<string[]>('f.outcome');
  const count = (outcome: string) => outcomes.filter((one) => one === outcome).length;
  return [
    medianOf({ id: 'edge.batch_s', unit: 's', goal: '<= 60' }, [seconds]),
    medianOf({ id: 'edge.batch_reloads', unit: '', goal: '<= 30' }, [(await countReloads(ctx)) - reloadsBefore]),
    medianOf({ id: 'edge.batch_live', unit: 'stores', goal: '= 999' }, [count('confirmed')]),
    medianOf({ id: 'edge.batch_flagged', unit: 'stores', goal: '= 1' }, [count('failed')]),
  ];
}

async function countReloads(ctx: Publisher['ctx']): Promise<number> {
  const [row] = await ctx.db('platform.edge_reloads').count<{ count: string }[]>();
  return Number(row!.count);
}
