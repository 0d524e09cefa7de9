import assert from 'node:assert/strict';
import { newId } from '#platform/ids.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline, type WorkerProcess } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';

describe('outbox → relay → stream → engines', () => {
  let pipeline: Pipeline;
  let workers: WorkerProcess[];

  before(async () => {
    pipeline = await createPipeline();
    workers = await Promise.all([pipeline.startRelay(), pipeline.startEngines()]);
  });
  after(() => pipeline?.remove());

  const untilRevenueIs = (tenant: string, revenue: string) =>
    eventually(async () => assert.equal((await pipeline.figureOf(tenant)).revenue, revenue) ?? true);

  it('turns a committed sale into the day’s figure of that store', async () => {
    const tenant = await pipeline.createTenant();

    await pipeline.publish(tenant, saleRecorded('450.30'));

    await untilRevenueIs(tenant, '450.30');
  });

  it('writes entries that carry the whole envelope, and no more personal data than ids', async () => {
    const tenant = await pipeline.createTenant();
    const [eventId] = await pipeline.publish(tenant, saleRecorded('7.00'));
    await untilRevenueIs(tenant, '7.00');

    const entries = await pipeline.look.client.xrange('events:construction', '-', '+');

    const flat = entries.map(([, fields]) => fields).find((fields) => fields.includes(eventId!))!;
    const entry = Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]!]] : [])));
    const { type, schema_version, tenant_id, vertical, correlation_id } = entry;
    assert.deepEqual(
      { type, schema_version, tenant_id, vertical, correlation_id },
      {
        type: 'sale_recorded',
        schema_version: '1',
        tenant_id: tenant,
        vertical: 'construction',
        correlation_id: 'test-request',
      },
    );
    assert.equal((JSON.parse(entry.payload!) as { total: string }).total, '7.00');
  });

  it('applies an event once although its entry comes twice', async () => {
    const tenant = await pipeline.createTenant();
    await pipeline.publish(tenant, saleRecorded('5.00'));
    await untilRevenueIs(tenant, '5.00');
    const entries = await pipeline.look.client.xrange('events:construction', '-', '+');
    const [, fields] = entries.find(([, flat]) => flat.includes(tenant))!;

    await pipeline.look.client.xadd('events:construction', '*', ...fields);
    await pipeline.publish(tenant, saleRecorded('1.00'));

    await untilRevenueIs(tenant, '6.00');
  });

  it('changes nothing of another store whose ids an event carries', async () => {
    const [victim, attacker] = [await pipeline.createTenant(), await pipeline.createTenant()];
    const saleId = newId();
    await pipeline.publish(victim, saleRecorded('10.00', { saleId }));
    await untilRevenueIs(victim, '10.00');
    const before = await pipeline.rows('select * from engines.sale_facts where tenant_id = $1', [victim]);

    await pipeline.publish(attacker, saleRecorded('99.00', { saleId }));

    await untilRevenueIs(attacker, '99.00');
    assert.deepEqual(await pipeline.rows('select * from engines.sale_facts where tenant_id = $1', [victim]), before);
    assert.equal((await pipeline.figureOf(victim)).revenue, '10.00');
  });

  it('answers health, readiness and its own numbers', async () => {
    for (const { port } of workers) {
      const ready = await fetch(`http://127.0.0.1:${port}/ready`);
      assert.deepEqual(await ready.json(), { status: 'ok', checks: { database: 'ok', redis: 'ok' } });
    }
    const metrics = await (await fetch(`http://127.0.0.1:${workers[0]!.port}/metrics`)).text();
    assert.match(metrics, /^relay_events_published_total\{process="relay"\} [1-9]/m);
  });

  it('stops within its time when asked to, and says so in its heartbeat', async () => {
    const codes = await Promise.all(workers.map((worker) => worker.stop()));

    assert.deepEqual(codes, [0, 0]);
    const beats = await pipeline.rows(
      `select process, detail ->> 'state' as state from platform.heartbeats order by 1`,
    );
    assert.deepEqual(beats, [
      { process: 'engines', state: 'stopped' },
      { process: 'relay', state: 'stopped' },
    ]);
  });
});
