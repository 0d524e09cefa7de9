import assert from 'node:assert/strict';
import { listActivePauses, pauseFlow, previewPause, resumeFlow } from '#domain/streams/index.ts';
import { systemClock } from '#platform/clock.ts';
import { createContext, type Context } from '#platform/context.ts';
import { openDatabase, type Database } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';

describe('what an operator pauses', function () {
  this.timeout(30_000);
  let pipeline: Pipeline;
  let database: Database;
  let ctx: Context;

  before(async () => {
    pipeline = await createPipeline();
    database = openDatabase({
      url: pipeline.database.url('bc_console'),
      poolMax: 2,
      applicationName: 'test',
      log: silentLogger,
    });
    const actor = { kind: 'operator', id: newId(), label: 'olivia' } as const;
    ctx = createContext({ db: database.db, log: silentLogger, clock: systemClock, actor, requestId: 'test' });
    await Promise.all([pipeline.startRelay(), pipeline.startEngines()]);
  });
  after(async () => {
    await database?.stop();
    await pipeline?.remove();
  });

  const slugOf = (tenant: string) => `store-${tenant.slice(-8)}`;
  const untilSales = (tenant: string, sales: number) =>
    eventually(async () => (await pipeline.figureOf(tenant)).sales === sales);
  /** Workers and relay look once a second; what another store has had applied after that was seen by both. */
  const untilHeeded = async (stillOpen: string) => {
    const before = (await pipeline.figureOf(stillOpen)).sales;
    const asked = await pipeline.rows<{ at: string }>(`select clock_timestamp() + interval '1200 ms' as at`);
    await eventually(async () => (await pipeline.rows('select 1 where clock_timestamp() > $1', [asked[0]!.at])).length);
    await pipeline.publish(stillOpen, saleRecorded());
    await untilSales(stillOpen, before + 1);
  };

  it('waits if it is a store’s, while the others go on, and comes in its order when resumed', async () => {
    const [held, open] = [await pipeline.createTenant(), await pipeline.createTenant()];
    const pause = await pauseFlow(ctx, {
      scope: 'tenant',
      target: slugOf(held),
      reason: 'a flood',
      forMinutes: undefined,
    });
    await untilHeeded(open);

    await pipeline.publish(held, saleRecorded(), saleRecorded());
    await untilHeeded(open);

    assert.equal((await pipeline.figureOf(held)).sales, 0);
    const [shown] = await listActivePauses(ctx);
    assert.deepEqual([shown!.label, shown!.held, shown!.pausedBy], [slugOf(held), 2, 'olivia']);
    await resumeFlow(ctx, pause.id);
    await untilSales(held, 2);
    assert.deepEqual(await listActivePauses(ctx), []);
  });

  it('waits if it is a type’s, and so does what follows it in its aggregate', async () => {
    const [tenant, other] = [await pipeline.createTenant(), await pipeline.createTenant()];
    const pause = await pauseFlow(ctx, {
      scope: 'type',
      target: 'order_created',
      reason: 'a bug',
      forMinutes: undefined,
    });
    await untilHeeded(other);
    const aggregate = { type: 'order', id: newId() };
    const items = [{ product_id: newId(), quantity: '1.000', unit_price: '9.00', total: '9.00' }];
    const created = { order_id: aggregate.id, customer_id: newId(), fulfilment: 'pickup', items };

    await pipeline.publish(
      tenant,
      { type: 'order_created', payload: created, aggregate: { ...aggregate, version: 1 } },
      { ...saleRecorded(), aggregate: { ...aggregate, version: 2 } },
      saleRecorded(),
    );
    await untilSales(tenant, 1);

    assert.deepEqual(
      await pipeline.rows('select type, parked_reason from events.pending where tenant_id = $1 order by seq', [tenant]),
      [
        { type: 'order_created', parked_reason: 'paused' },
        { type: 'sale_recorded', parked_reason: 'gap' },
      ],
    );
    assert.equal(await previewPause(ctx, { scope: 'type', target: 'order_created' }), 1);
    await resumeFlow(ctx, pause.id);
    await untilSales(tenant, 2);
  });

  it('waits if it is everything, for no longer than was said', async () => {
    const tenant = await pipeline.createTenant();
    await pauseFlow(ctx, { scope: 'all', target: '', reason: 'maintenance', forMinutes: 1 });
    await eventually(async () => {
      await pipeline.publish(tenant, saleRecorded());
      return (await pipeline.rows('select 1 from events.pending where tenant_id = $1', [tenant])).length >= 3;
    });
    const [waiting] = await pipeline.rows<{ count: number }>(
      'select count(*)::int as count from events.pending where tenant_id = $1',
      [tenant],
    );

    await pipeline.rows(`update events.pauses set expires_at = now()`);

    assert.ok(waiting!.count >= 3);
    await eventually(
      async () => (await pipeline.rows('select 1 from events.pending where tenant_id = $1', [tenant])).length === 0,
    );
  });

  it('is refused when it names nothing, or is paused already, and is in the audit log', async () => {
    const target = slugOf(await pipeline.createTenant());
    const input = { scope: 'tenant', target, reason: 'a flood', forMinutes: undefined } as const;
    const pause = await pauseFlow(ctx, input);

    await assert.rejects(pauseFlow(ctx, input), { code: 'already_paused' });
    await assert.rejects(pauseFlow(ctx, { ...input, target: 'nobody' }), { code: 'unknown_tenant' });
    await assert.rejects(pauseFlow(ctx, { ...input, scope: 'type' }), { code: 'unknown_type' });
    await assert.rejects(pauseFlow(ctx, { ...input, scope: 'shard' }), { code: 'unknown_shard' });
    await resumeFlow(ctx, pause.id);
    await assert.rejects(resumeFlow(ctx, pause.id), { code: 'pause_not_found' });

    const rows = await pipeline.rows(
      `select action, actor_label as by, coalesce(after, before) ->> 'reason' as reason
         from platform.audit_log where subject_id = $1 order by at, id`,
      [pause.id],
    );
    assert.deepEqual(rows, [
      { action: 'stream.paused', by: 'olivia', reason: 'a flood' },
      { action: 'stream.resumed', by: 'olivia', reason: 'a flood' },
    ]);
  });
});
