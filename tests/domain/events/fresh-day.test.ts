import assert from 'node:assert/strict';
import { markPublished, takeLease } from '#domain/events/publication/queries.ts';
import { FIRST_TENANT, listWaiting } from '#domain/events/publication/waiting.ts';
import { CONSTRUCTION_STREAM, type Lease } from '#domain/events/index.ts';
import { openDatabase, type Database } from '#platform/db/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { WRITE_EVENTS } from '#tests/support/outbox-events.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';

/** Ten events by their keys, and what is dead in the index of the waiting; by their store they would be fifty thousand. */
const FEW_PAGES = 1000;

/** PostgreSQL plans a prepared statement for good after five runs; what is planned while a day is empty serves all of it. */
describe('a relay that started before the first event of the day', () => {
  let pipeline: Pipeline;
  let relay: Database;
  let lease: Lease;

  const wait = () => listWaiting(relay.db, { after: FIRST_TENANT, limit: 500, except: [] });
  const write = (tenantId: string, count: number) => pipeline.rows(WRITE_EVENTS, [[tenantId], count]);
  const planOf = async (statement: string, values: readonly string[]): Promise<string> => {
    const { rows } = await relay.pool.query<{ 'QUERY PLAN': string }>(
      `explain (analyze, buffers, timing off) execute ${statement}(${values.join(', ')})`,
    );
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };

  before(async () => {
    pipeline = await createPipeline();
    const url = pipeline.database.url('bc_relay');
    relay = openDatabase({ url, poolMax: 1, applicationName: 'test', log: silentLogger, neverScan: true });
    lease = (await takeLease(relay.db, CONSTRUCTION_STREAM, 'relay'))!;
    for (let run = 0; run < 8; run++) {
      await wait();
      await markPublished(relay.db, lease, []);
    }
    const tenant = await pipeline.createTenant();
    await write(tenant, 5000);
    await pipeline.rows(`update events.pending set published_at = now(), shard = 0, stream_id = '1-1'`);
    await write(tenant, 10);
  });
  after(async () => {
    await relay.stop();
    await pipeline.remove();
  });

  it('reads no more than what waits, when the store has had very many events since', async () => {
    const plan = await planOf('list_waiting', [`'${FIRST_TENANT}'`, `'{}'`, '64', '500', '64', `'{}'`, '500']);

    const pages = Number(/Buffers: shared hit=(\d+)/.exec(plan)![1]);
    assert.match(plan, /rows=10 loops=1/);
    assert.ok(pages < FEW_PAGES, `${pages} pages for 10 events:\n${plan}`);
  });

  it('marks each event by its key', async () => {
    const { rows } = await relay.pool.query<{ count: number }>(
      `select cardinality(parameter_types) as count from pg_prepared_statements where name = 'mark_published'`,
    );

    const plan = await planOf(
      'mark_published',
      Array.from({ length: rows[0]!.count }, () => 'null'),
    );

    assert.match(plan, /Index Scan using pending_pkey on pending/);
    assert.doesNotMatch(plan, /pending_waiting|Seq Scan on pending/);
  });
});
