import assert from 'node:assert/strict';
import { beginAttempts, MAX_ATTEMPTS, settleEvents, type Consumer, type OutboxEvent } from '#domain/events/index.ts';
import { systemClock } from '#platform/clock.ts';
import { createContext, type Context } from '#platform/context.ts';
import { openDatabase, type Database } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';

describe('settleEvents', () => {
  let pipeline: Pipeline;
  let database: Database;
  let ctx: Context;
  let applied: string[];

  before(async () => {
    pipeline = await createPipeline();
    const url = pipeline.database.url('bc_worker');
    database = openDatabase({ url, poolMax: 2, applicationName: 'test', log: silentLogger });
    const actor = { kind: 'system', label: 'test' } as const;
    ctx = createContext({ db: database.db, log: silentLogger, clock: systemClock, actor, requestId: 'test' });
  });
  beforeEach(() => {
    applied = [];
  });
  after(async () => {
    await database.stop();
    await pipeline.remove();
  });

  const consumer: Consumer = {
    group: 'engines',
    worker: 'test:1',
    judge: ({ eventId }) => ({
      outcome: 'applied',
      async apply() {
        applied.push(eventId);
      },
    }),
  };
  const event = (tenantId: string): OutboxEvent => ({
    eventId: newId(),
    tenantId,
    type: 'sale_recorded',
    schemaVersion: 1,
    aggregate: { type: 'order', id: newId(), version: 1 },
    occurredAt: new Date(),
    createdAt: new Date(),
    correlationId: 'c',
    causationId: undefined,
    actorId: undefined,
    payload: '{}',
  });
  const processedBy = async (tenant: string) => {
    const rows = await pipeline.rows<{ processed: number }>(
      'select processed::int from events.group_counts where tenant_id = $1',
      [tenant],
    );
    return rows[0]?.processed ?? 0;
  };

  it('applies and counts an event once, though it comes twice in a batch and again later', async () => {
    const tenant = await pipeline.createTenant();
    const twice = event(tenant);

    await settleEvents(ctx, consumer, { events: [twice, twice] });
    const again = await settleEvents(ctx, consumer, { events: [twice] });

    assert.deepEqual(applied, [twice.eventId]);
    assert.deepEqual(again, []);
    assert.equal(await processedBy(tenant), 1);
  });

  it('leaves no mark of any event when one of them throws', async () => {
    const tenant = await pipeline.createTenant();
    const [good, bad] = [event(tenant), event(tenant)];
    const failing: Consumer = {
      ...consumer,
      judge: (it) => ({
        outcome: 'applied',
        apply: () => (it === bad ? Promise.reject(new Error('no')) : Promise.resolve()),
      }),
    };

    await assert.rejects(settleEvents(ctx, failing, { events: [good, bad] }), /no/);

    assert.deepEqual(await pipeline.rows('select 1 from events.processed where tenant_id = $1', [tenant]), []);
    assert.equal(await processedBy(tenant), 0);
  });

  it('puts an event aside that killed its worker each time, without starting it again', async () => {
    const tenant = await pipeline.createTenant();
    const killer = event(tenant);
    // The first delivery leaves no trace; every later attempt is counted and then the process dies.
    for (let attempt = 2; attempt <= MAX_ATTEMPTS; attempt++) await beginAttempts(ctx, 'engines', [killer]);

    const attempts = await beginAttempts(ctx, 'engines', [killer]);
    const settled = await settleEvents(ctx, consumer, { events: [killer], attempts });

    assert.deepEqual(settled, [{ event: killer, outcome: 'dead_lettered' }]);
    assert.deepEqual(applied, []);
    const letters = await pipeline.rows(
      'select reason, attempts, worker, error from events.dead_letters where event_id = $1',
      [killer.eventId],
    );
    assert.deepEqual(letters, [
      { reason: 'handler_failed', attempts: MAX_ATTEMPTS, worker: 'test:1', error: 'its worker died each time' },
    ]);
    assert.equal(await processedBy(tenant), 1);
  });

  it('does not let an event of one store be marked in another', async () => {
    const [own, foreign] = [await pipeline.createTenant(), await pipeline.createTenant()];

    await assert.rejects(settleEvents(ctx, consumer, { events: [event(own), event(foreign)] }), /row-level security/);
  });
});
