import assert from 'node:assert/strict';
import { listenTo, withTenant } from '#platform/db/index.ts';
import { OUTBOX_CHANNEL } from '#platform/events/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';

describe('events.publish', () => {
  let pipeline: Pipeline;
  let listener: { stop(): Promise<void> };
  let wakeUps = 0;

  before(async () => {
    pipeline = await createPipeline();
    const connected = Promise.withResolvers<void>();
    listener = listenTo({
      url: pipeline.database.url('bc_relay'),
      applicationName: 'test',
      channels: [OUTBOX_CHANNEL],
      onNotification: () => (wakeUps += 1),
      onConnected: connected.resolve,
      log: silentLogger,
    });
    await connected.promise;
  });
  after(async () => {
    await listener?.stop();
    await pipeline?.remove();
  });

  const outboxSize = async () => (await pipeline.rows('select 1 from events.outbox')).length;
  const sale = (tenantId: string) => ({
    ...saleRecorded(),
    version: 1,
    tenantId,
    aggregate: { type: 'order', id: tenantId, version: 1 },
  });

  it('throws outside a transaction and writes nothing', async () => {
    const tenant = await pipeline.createTenant();

    await assert.rejects(pipeline.store.events.publish(sale(tenant)), /must be published inside withTransaction/);

    assert.equal(await outboxSize(), 0);
  });

  it('leaves neither event nor wake-up when the transaction rolls back', async () => {
    const tenant = await pipeline.createTenant();
    const failing = withTenant(pipeline.store, tenant, async (tx) => {
      await tx.events.publish(sale(tenant));
      throw new Error('the order could not be saved');
    });

    await assert.rejects(failing, /could not be saved/);

    assert.equal(await outboxSize(), 0);
    assert.equal(wakeUps, 0);
  });

  it('refuses an event of another store', async () => {
    const [own, foreign] = [await pipeline.createTenant(), await pipeline.createTenant()];

    await assert.rejects(
      withTenant(pipeline.store, own, (tx) => tx.events.publish(sale(foreign))),
      /row-level security/,
    );
  });

  it('wakes the relay after the commit, rarely however many commits there are', async () => {
    const tenant = await pipeline.createTenant();
    const startedAt = performance.now();

    for (let i = 0; i < 50; i++) await pipeline.publish(tenant, saleRecorded());

    await eventually(() => wakeUps > 0);
    const possible = (performance.now() - startedAt) / 5 + 2;
    assert.ok(wakeUps <= possible, `${wakeUps} wake-ups for 50 commits, at most ${possible} expected`);
  });
});
