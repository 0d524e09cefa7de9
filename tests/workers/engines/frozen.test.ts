import assert from 'node:assert/strict';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';

describe('an engines worker that freezes in the middle of a transaction', function () {
  this.timeout(60_000);
  let pipeline: Pipeline;

  before(async () => {
    pipeline = await createPipeline();
    await pipeline.startRelay();
  });
  after(() => pipeline?.remove());

  it('is taken over from within 15 s, and commits nothing when it wakes', async () => {
    const tenant = await pipeline.createTenant();
    const frozen = await pipeline.startEngines();
    await pipeline.publish(tenant, saleRecorded('3.00'));
    await eventually(async () => (await pipeline.figureOf(tenant)).revenue === '3.00');
    const heir = await pipeline.startEngines();
    const release = await pipeline.hold('select 1 from engines.sales_daily for update');
    await pipeline.publish(tenant, saleRecorded('4.00'));
    await eventually(async () => {
      const sql = `select 1 from pg_stat_activity where usename = 'bc_worker' and wait_event_type = 'Lock'`;
      return (await pipeline.rows(sql)).length > 0;
    });
    const before = performance.now();
    process.kill(frozen.pid, 'SIGSTOP');
    // Its statement ends and nobody takes the answer: the marks of the batch stay, uncommitted.
    await release();

    await eventually(async () => (await pipeline.figureOf(tenant)).revenue === '7.00', { timeoutMs: 20_000 });
    const tookMs = performance.now() - before;
    process.kill(frozen.pid, 'SIGCONT');
    await pipeline.publish(tenant, saleRecorded('5.00'));

    await eventually(async () => (await pipeline.figureOf(tenant)).revenue === '12.00');
    const [shard] = await pipeline.rows<{ owner: string }>('select owner from events.consumer_shards');
    assert.match(shard!.owner, new RegExp(`:${heir.port}$`));
    assert.ok(tookMs < 15_000, `${Math.round(tookMs)} ms`);
  });
});
