import assert from 'node:assert/strict';
import { STORE_SHARE, type OutboxEvent } from '#domain/events/index.ts';
import { newId } from '#platform/ids.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';
import { createFairWindow } from '#workers/relay/fair-window.ts';

const eventsOf = (tenantId: string, count: number) =>
  Array.from({ length: count }, () => ({ tenantId, aggregate: { id: newId() } }) as OutboxEvent);

describe('the share of a store in the window', () => {
  const [noisy, quiet] = ['noisy', 'quiet'];

  it('is what it may have in flight, less what it has', () => {
    const window = createFairWindow();
    window.note([...eventsOf(noisy, STORE_SHARE - 1), ...eventsOf(quiet, 2)], 1);

    assert.deepEqual(Object.fromEntries(window.allowances(1)), { noisy: 1, quiet: STORE_SHARE - 2 });
    assert.equal(window.isHolding(1), false);
    window.note(eventsOf(noisy, 1), 1);
    assert.equal(window.allowances(1).get(noisy), 0);
    assert.equal(window.isHolding(1), true);
  });

  it('grows again as its events are settled, the oldest of all stores first', () => {
    const window = createFairWindow();
    window.note([...eventsOf(noisy, 10), ...eventsOf(quiet, 5), ...eventsOf(noisy, STORE_SHARE - 10)], 1);

    window.settle([STORE_SHARE + 5 - 12]);

    assert.deepEqual(Object.fromEntries(window.allowances(1)), { noisy: 10, quiet: STORE_SHARE - 3 });
    window.settle([0]);
    assert.deepEqual([...window.allowances(1)], []);
  });

  it('is not used up by what a relay before this one published', () => {
    const window = createFairWindow();
    window.note(eventsOf(noisy, 3), 1);

    window.settle([4000]);
    assert.equal(window.allowances(1).get(noisy), STORE_SHARE - 3);
    window.settle([2]);
    assert.equal(window.allowances(1).get(noisy), STORE_SHARE - 2);
  });

  it('counts each shard by itself, so that one which stands still does not seem to hold what others have settled', () => {
    const window = createFairWindow();
    window.note(eventsOf(noisy, 2 * STORE_SHARE), 2);
    assert.equal(window.isHolding(2), true);

    window.settle([STORE_SHARE * 2, 0]);

    assert.equal(window.isHolding(2), false);
    assert.ok(window.allowances(2).get(noisy)! > STORE_SHARE / 2);
  });
});

describe('the first event of a shard', () => {
  it('counts, whichever shard it is', () => {
    for (let round = 0; round < 20; round++) {
      const window = createFairWindow();
      window.note(eventsOf('store', 1), 8);

      window.settle([1, 1, 1, 1, 1, 1, 1, 1]);
      assert.equal(window.allowances(8).get('store'), 8 * STORE_SHARE - 1);
      window.settle([0, 0, 0, 0, 0, 0, 0, 0]);
      assert.equal(window.allowances(8).get('store'), undefined);
    }
  });
});

describe('a store that floods the stream', function () {
  this.timeout(40_000);
  let pipeline: Pipeline;

  before(async () => {
    pipeline = await createPipeline();
  });
  after(() => pipeline.remove());

  const entriesOf = async () => {
    const entries = await pipeline.look.client.xrange('events:construction', '-', '+');
    return entries.map(([, fields]) => fields[fields.indexOf('tenant_id') + 1]!);
  };

  it('has its share in flight, others pass it, and all of it is settled in the end', async () => {
    const [noisy, quiet] = (await pipeline.createTenants(2)) as [string, string];
    await pipeline.publish(noisy, ...Array.from({ length: 2 * STORE_SHARE }, () => saleRecorded('1.00')));
    await pipeline.startRelay();
    await eventually(async () => (await entriesOf()).length === STORE_SHARE);

    await pipeline.publish(quiet, saleRecorded('7.00'));
    await eventually(async () => (await entriesOf()).includes(quiet));
    assert.equal((await entriesOf()).filter((tenant) => tenant === noisy).length, STORE_SHARE);

    await pipeline.startEngines();
    await eventually(async () => (await pipeline.figureOf(noisy)).revenue === `${2 * STORE_SHARE}.00`);
    assert.equal((await pipeline.figureOf(quiet)).revenue, '7.00');
  });
});
