import assert from 'node:assert/strict';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline, type WorkerProcess } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';

describe('outbox → relay → stream → engines', () => {
  let pipeline: Pipeline;
  let engines: WorkerProcess;
  let relay: WorkerProcess;

  before(async () => {
    pipeline = await createPipeline();
    [relay, engines] = await Promise.all([pipeline.startRelay(), pipeline.startEngines()]);
  });
  after(() => pipeline.remove());

  const revenueOf = async (tenantId: string) => {
    const [row] = await pipeline.rows<{ sales: number; revenue: string }>(
      `select coalesce(sum(sales), 0)::int as sales, coalesce(sum(revenue), 0)::text as revenue
         from engines.sales_daily where tenant_id = $1`,
      [tenantId],
    );
    return row!;
  };

  it('turns a committed sale into the day’s figure of that store', async () => {
    const tenant = await pipeline.createTenant();

    await pipeline.publish(tenant, saleRecorded('450.30'));

    const figure = await eventually(async () => {
      const found = await revenueOf(tenant);
      return found.sales === 1 && found;
    });
    assert.equal(figure.revenue, '450.30');
  });
});
