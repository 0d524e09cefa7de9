import assert from 'node:assert/strict';
import fc from 'fast-check';
import { deliveryEngine } from '#domain/engines/delivery/index.ts';
import { WHOLE_STORE } from '#domain/engines/index.ts';
import type { EventType } from '#domain/events/index.ts';
import { newId } from '#platform/ids.ts';
import { openEngineLab, type EngineLab } from '#tests/support/engine-lab.ts';

const NOON = new Date('2026-11-27T12:00:00Z');
const hoursBefore = (hours: number) => new Date(NOON.getTime() - hours * 3_600_000);

describe('the delivery engine', () => {
  let lab: EngineLab;

  before(async () => {
    lab = await openEngineLab(deliveryEngine, () => NOON);
  });
  after(() => lab?.close());

  const figures = (tenant: string) =>
    lab.pipeline.rows(
      `select day::text, driver_id, completed, on_time, first_attempt, with_issue, failures, mean_hours::float8 as hours
         from engines.delivery_daily where tenant_id = $1 order by day, completed desc`,
      [tenant],
    );
  const orderAt = (tenant: string, orderId: string, at: Date) =>
    lab.pipeline.rows('insert into engines.order_facts (tenant_id, order_id, created_at) values ($1, $2, $3)', [
      tenant,
      orderId,
      at,
    ]);

  it('sums up the days of a store by driver: on time, at once, without trouble, and how long it took', async () => {
    const [tenant, ana, ben] = [await lab.pipeline.createTenant(), newId(), newId()];
    const [smooth, hard] = [
      { delivery_id: newId(), order_id: newId() },
      { delivery_id: newId(), order_id: newId() },
    ];
    await orderAt(tenant, smooth.order_id, hoursBefore(24));
    await lab.tell(tenant, 'delivery_planned', { ...smooth, date: '2026-11-27', driver_id: ana, city: 'Ilhéus' });
    await lab.tell(tenant, 'delivery_completed', { ...smooth, outcome: 'completed', on_time: true }, hoursBefore(0));
    await lab.tell(tenant, 'delivery_failed', { ...hard, driver_id: ana }, hoursBefore(30));
    await lab.tell(tenant, 'delivery_failed', { ...hard, driver_id: ana }, hoursBefore(20));
    await lab.tell(
      tenant,
      'delivery_completed',
      { ...hard, driver_id: ben, outcome: 'completed_with_issue', on_time: false },
      hoursBefore(11),
    );
    assert.deepEqual(await lab.asked(tenant), [WHOLE_STORE]);

    await lab.recompute(tenant, WHOLE_STORE);

    const none = { on_time: 0, first_attempt: 0, with_issue: 0, failures: 0, hours: null };
    // Eleven hours before noon in Greenwich it is still yesterday at the store.
    assert.deepEqual(await figures(tenant), [
      { ...none, day: '2026-11-26', driver_id: ben, completed: 1, with_issue: 1, failures: 2 },
      { ...none, day: '2026-11-27', driver_id: ana, completed: 1, on_time: 1, first_attempt: 1, hours: 24 },
    ]);
  });

  it('comes to the same figures in whatever order the news arrives, and told twice', async () => {
    const driver = newId();
    const one = { delivery_id: newId(), order_id: newId(), driver_id: driver };
    const events: [EventType, object, Date][] = [
      ['delivery_planned', { ...one, driver_id: newId(), date: '2026-11-27' }, hoursBefore(9)],
      ['delivery_started', one, hoursBefore(5)],
      ['delivery_completed', { ...one, outcome: 'completed', on_time: true }, hoursBefore(1)],
    ];
    const order = fc.shuffledSubarray([...events, ...events], { minLength: 6, maxLength: 6 });

    await fc.assert(
      fc.asyncProperty(order, async (told) => {
        const tenant = await lab.pipeline.createTenant();
        for (const [type, payload, at] of told) await lab.tell(tenant, type, payload, at);
        await lab.recompute(tenant, WHOLE_STORE);
        const [{ day, driver_id, completed, on_time, first_attempt }] = (await figures(tenant)) as [
          Record<string, unknown>,
        ];
        assert.deepEqual([day, driver_id, completed, on_time, first_attempt], ['2026-11-27', driver, 1, 1, 1]);
        const [fact] = await lab.pipeline.rows<{ planned_at: Date; completed_at: Date }>(
          'select planned_at, completed_at from engines.delivery_facts where tenant_id = $1',
          [tenant],
        );
        assert.deepEqual([fact!.planned_at, fact!.completed_at], [hoursBefore(9), hoursBefore(1)]);
      }),
      { numRuns: 12 },
    );
  });

  it('moves a delivery to who drove it when that is told later, and knows an order that is told of after it', async () => {
    const [tenant, ana, ben] = [await lab.pipeline.createTenant(), newId(), newId()];
    const one = { delivery_id: newId(), order_id: newId() };
    const done = { ...one, outcome: 'completed', on_time: true };
    await lab.tell(tenant, 'delivery_completed', { ...done, driver_id: ana }, hoursBefore(2));
    await lab.recompute(tenant, WHOLE_STORE);
    assert.deepEqual(await lab.asked(tenant), [WHOLE_STORE]);

    await lab.tell(tenant, 'delivery_completed', { ...done, driver_id: ben }, hoursBefore(1));
    await orderAt(tenant, one.order_id, hoursBefore(10));
    await lab.recompute(tenant, WHOLE_STORE);

    const [row, ...others] = await figures(tenant);
    assert.deepEqual([row!['driver_id'], row!['completed'], row!['hours'], others.length], [ben, 1, 8, 0]);
  });

  it('gives a delivery that was planned twice to the second driver, though both come in one batch', async () => {
    const [tenant, first, second] = [await lab.pipeline.createTenant(), newId(), newId()];
    const one = { delivery_id: newId(), order_id: newId(), date: '2026-11-27' };
    const plans = [first, second].map((driver_id) => ({ ...one, driver_id }));

    await lab.tellAll(tenant, 'delivery_planned', plans, [hoursBefore(5), hoursBefore(4)]);

    const [fact] = await lab.pipeline.rows(
      'select driver_id, planned_at from engines.delivery_facts where tenant_id = $1',
      [tenant],
    );
    assert.deepEqual(fact, { driver_id: second, planned_at: hoursBefore(5) });
  });
});
