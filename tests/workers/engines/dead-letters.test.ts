import assert from 'node:assert/strict';
import { newId } from '#platform/ids.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';

describe('an event that cannot be applied', () => {
  let pipeline: Pipeline;

  before(async () => {
    pipeline = await createPipeline();
    await Promise.all([pipeline.startRelay(), pipeline.startEngines()]);
  });
  after(() => pipeline?.remove());

  const deadLettersOf = (tenant: string) =>
    pipeline.rows<{ type: string; reason: string; error: string; attempts: number }>(
      'select type, reason, error, attempts from events.dead_letters where tenant_id = $1',
      [tenant],
    );

  it('becomes a dead letter after five attempts while its neighbours are applied', async () => {
    const [tenant, other] = [await pipeline.createTenant(), await pipeline.createTenant()];
    // Fits the contract and fails in the effect.
    await pipeline.rows('alter table engines.sale_facts add constraint poison check (total <> 666)');
    const poison = saleRecorded('666.00');

    await pipeline.publish(tenant, saleRecorded('1.00'), poison, saleRecorded('2.00'));
    await pipeline.publish(other, saleRecorded('4.00'));

    await eventually(async () => (await pipeline.figureOf(tenant)).revenue === '3.00');
    await eventually(async () => (await pipeline.figureOf(other)).revenue === '4.00');
    const [letter] = await eventually(
      async () => {
        const letters = await deadLettersOf(tenant);
        return letters.length > 0 ? letters : undefined;
      },
      { timeoutMs: 15_000 },
    );
    assert.deepEqual([letter!.type, letter!.reason, letter!.attempts], ['sale_recorded', 'handler_failed', 5]);
    assert.match(letter!.error, /violates check constraint "poison"/);
    assert.deepEqual(await pipeline.rows('select 1 from events.retries'), []);
  });

  it('becomes a dead letter at once when its version or payload is unknown', async () => {
    const tenant = await pipeline.createTenant();

    await pipeline.publish(
      tenant,
      { ...saleRecorded(), version: 99 },
      { type: 'sale_recorded', payload: { sale_id: newId() } },
    );

    const letters = await eventually(async () => {
      const found = await deadLettersOf(tenant);
      return found.length === 2 ? found : undefined;
    });
    assert.deepEqual(letters.map(({ reason }) => reason).sort(), ['invalid_payload', 'unknown_version']);
    assert.equal((await pipeline.figureOf(tenant)).sales, 0);
  });

  it('is only passed over and counted when nobody knows its type', async () => {
    const tenant = await pipeline.createTenant();

    const [eventId] = await pipeline.publish(tenant, { type: 'weather_changed', payload: {} });

    const [mark] = await eventually(async () => {
      const marks = await pipeline.rows<{ outcome: string }>(
        'select outcome from events.processed where event_id = $1',
        [eventId],
      );
      return marks.length > 0 ? marks : undefined;
    });
    assert.equal(mark!.outcome, 'ignored');
    assert.deepEqual(await deadLettersOf(tenant), []);
  });

  it('is skipped when it was never an event of ours', async () => {
    const tenant = await pipeline.createTenant();
    await pipeline.look.client.xadd('events:construction', '*', 'hello', 'world');

    await pipeline.publish(tenant, saleRecorded('8.00'));

    await eventually(async () => (await pipeline.figureOf(tenant)).revenue === '8.00');
    await eventually(async () => {
      const [count] = (await pipeline.look.client.xpending('events:construction', 'engines')) as [number];
      return count === 0;
    });
  });
});
