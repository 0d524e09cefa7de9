import assert from 'node:assert/strict';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline, type WorkerProcess } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';

describe('when Redis', () => {
  let pipeline: Pipeline;
  let relay: WorkerProcess;
  let engines: WorkerProcess;

  beforeEach(async () => {
    pipeline = await createPipeline();
    [relay, engines] = await Promise.all([pipeline.startRelay(), pipeline.startEngines()]);
  });
  afterEach(() => pipeline?.remove());

  const untilSalesAre = (tenant: string, sales: number) =>
    eventually(async () => assert.equal((await pipeline.figureOf(tenant)).sales, sales) ?? true, {
      timeoutMs: 15_000,
    });
  const readyStatus = async ({ port }: WorkerProcess) => (await fetch(`http://127.0.0.1:${port}/ready`)).status;
  const untilPublished = (count: number) =>
    eventually(async () => {
      const rows = await pipeline.rows(
        'select 1 from events.outbox o where not exists (select from events.pending p where p.event_id = o.event_id and p.published_at is null)',
      );
      return rows.length === count;
    });

  it('is down, events wait in the outbox and both workers say that they are not ready', async () => {
    const tenant = await pipeline.createTenant();
    await pipeline.redis.stop();
    await pipeline.publish(tenant, saleRecorded());

    await eventually(async () => (await readyStatus(relay)) === 503 && (await readyStatus(engines)) === 503);
    const state = await eventually(async () => {
      const [beat] = await pipeline.rows<{ error: string }>(
        `select detail ->> 'error' as error from platform.heartbeats
          where process = 'relay' and detail ->> 'state' = 'failing'`,
      );
      return beat;
    });
    assert.match(state.error, /Redis at 127\.0\.0\.1:\d+\/0 does not answer \(ECONNREFUSED\)/);

    await pipeline.redis.start();
    await untilSalesAre(tenant, 1);
    assert.equal(await readyStatus(relay), 200);
  });

  it('becomes a replica that takes nothing, events wait in the outbox, and go on once it is a master again', async () => {
    const tenant = await pipeline.createTenant();
    await pipeline.publish(tenant, saleRecorded());
    await untilSalesAre(tenant, 1);

    await pipeline.look.client.replicaof('127.0.0.1', 1);
    await pipeline.publish(tenant, saleRecorded());
    await eventually(async () => {
      const [beat] = await pipeline.rows<{ error: string }>(
        `select detail ->> 'error' as error from platform.heartbeats where process = 'relay'`,
      );
      return /READONLY/.test(beat?.error ?? '');
    });
    assert.equal((await pipeline.figureOf(tenant)).sales, 1);

    await pipeline.look.client.replicaof('NO', 'ONE');
    await untilSalesAre(tenant, 2);
  });

  it('is flushed, what nobody had processed comes back by itself', async () => {
    const tenant = await pipeline.createTenant();
    await pipeline.publish(tenant, saleRecorded());
    await untilSalesAre(tenant, 1);
    await engines.kill();
    await pipeline.publish(tenant, ...Array.from({ length: 50 }, () => saleRecorded()));
    await untilPublished(51);

    await pipeline.look.client.flushall();
    engines = await pipeline.startEngines(engines.port);

    await untilSalesAre(tenant, 51);
    assert.equal(await pipeline.look.client.xlen('events:construction'), 50);
  });

  it('is flushed under a waiting worker, the next event still arrives', async () => {
    const tenant = await pipeline.createTenant();
    await pipeline.publish(tenant, saleRecorded());
    await untilSalesAre(tenant, 1);

    await pipeline.look.client.flushall();
    await pipeline.publish(tenant, saleRecorded());

    await untilSalesAre(tenant, 2);
  });

  it('comes back without the entries it had, they are published again', async () => {
    const tenant = await pipeline.createTenant();
    await engines.kill();
    await pipeline.publish(tenant, saleRecorded(), saleRecorded());
    await untilPublished(2);

    // The last entries go and everything else stays, as when a crash cuts the tail of the append-only file.
    await pipeline.look.client.xtrim('events:construction', 'MAXLEN', '=', 0);
    await pipeline.redis.stop();
    await pipeline.redis.start();
    engines = await pipeline.startEngines(engines.port);

    await untilSalesAre(tenant, 2);
  });
});
