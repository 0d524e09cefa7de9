import assert from 'node:assert/strict';
import { tendDays } from '#domain/retention/index.ts';
import { systemClock } from '#platform/clock.ts';
import { createContext } from '#platform/context.ts';
import { openDatabase } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';

const STREAM = 'events:construction';
const HOUR_MS = 3_600_000;

describe('when the clock goes back', () => {
  let pipeline: Pipeline;
  let tenant: string;

  before(async () => {
    pipeline = await createPipeline();
    await Promise.all([pipeline.startRelay(), pipeline.startEngines()]);
  });
  beforeEach(async () => {
    tenant = await pipeline.createTenant();
  });
  after(() => pipeline?.remove());

  const untilSalesAre = (sales: number) =>
    eventually(async () => assert.equal((await pipeline.figureOf(tenant)).sales, sales) ?? true);
  /** As a store whose database believes that it is `at`. */
  const sellAt = (at: string) =>
    pipeline.rows(
      `insert into events.outbox (event_id, tenant_id, type, schema_version, aggregate_type, aggregate_id, aggregate_version,
                                  occurred_at, correlation_id, payload, created_at)
       values ($1, $2, 'sale_recorded', 1, 'order', $1, 1, $3, 'c', $4, $3::timestamptz)`,
      [newId(), tenant, at, JSON.stringify(saleRecorded('2.00').payload)],
    );
  const entries = () => pipeline.look.client.xrange(STREAM, '-', '+');
  const asOps = async () => {
    const url = pipeline.database.url('bc_console');
    const database = openDatabase({ url, poolMax: 1, applicationName: 'test', log: silentLogger });
    const actor = { kind: 'system', label: 'ops worker' } as const;
    await tendDays(createContext({ db: database.db, log: silentLogger, clock: systemClock, actor, requestId: 'test' }));
    await database.stop();
  };

  it('on the database, an event of a day that is not there any more has its effect once', async () => {
    const [past] = await pipeline.rows<{ at: string }>(`select (now() - interval '40 days')::text as at`);

    await sellAt(past!.at);
    await untilSalesAre(1);
    await asOps();
    const [, fields] = (await entries()).find(([, flat]) => flat.includes(tenant))!;
    await pipeline.look.client.xadd(STREAM, '*', ...fields);
    await pipeline.publish(tenant, saleRecorded('1.00'));

    await untilSalesAre(2);
    assert.deepEqual(await pipeline.rows('select 1 from events.pending'), []);
  });

  it('on Redis, entries keep their order and none is refused', async () => {
    await pipeline.publish(tenant, saleRecorded('1.00'));
    await untilSalesAre(1);
    const [, fields] = (await entries()).find(([, flat]) => flat.includes(tenant))!;
    const future = `${Date.now() + HOUR_MS}-7`;
    // The second copy of an event, with the number that a clock an hour ahead of this one gave.
    await pipeline.look.client.xadd(STREAM, future, ...fields);

    await pipeline.publish(tenant, saleRecorded('1.00'));
    await untilSalesAre(2);

    const after = (await entries()).map(([id]) => id);
    assert.equal(after.at(-2), future);
    assert.ok(after.at(-1)!.startsWith(future.slice(0, -2)), after.at(-1));
  });
});
