import assert from 'node:assert/strict';
import { listUnpublished } from '#domain/events/listings.ts';
import { openDatabase, type Database } from '#platform/db/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';

const LIMIT = 500;

type Plan = {
  'Node Type': string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Plan[];
};

describe('what a poll of the outbox costs', function () {
  this.timeout(60_000);
  let pipeline: Pipeline;
  let relay: Database;

  before(async () => {
    pipeline = await createPipeline();
    const url = pipeline.database.url('bc_relay');
    relay = openDatabase({ url, poolMax: 1, applicationName: 'test', log: silentLogger });
  });
  after(async () => {
    await relay.stop();
    await pipeline.remove();
  });

  /** Rows of history, published or waiting. Their order on the disk is not that of their numbers. */
  const fill = async (tenantId: string, { published, waiting }: { published: number; waiting: number }) => {
    await pipeline.rows(
      `insert into events.outbox (event_id, tenant_id, type, schema_version, aggregate_type, aggregate_id, aggregate_version,
                                  occurred_at, correlation_id, payload, published_at, position, stream_id)
       select gen_random_uuid(), $1, 'sale_recorded', 1, 'order', gen_random_uuid(), 1, now(), 'c', '{}',
              case when i <= $2 then now() end, case when i <= $2 then i end, case when i <= $2 then '1-' || i end
         from generate_series(1, $2::int + $3::int) i`,
      [tenantId, published, waiting],
    );
    await pipeline.rows('analyze events.outbox');
  };
  /** The very statement of the relay, with its role and its policies. */
  const poll = async (): Promise<Plan> => {
    let sql = '';
    const remember = (query: { sql: string }) => (sql = query.sql);
    relay.db.on('query', remember);
    await listUnpublished(relay.db, LIMIT);
    relay.db.removeListener('query', remember);
    const { rows } = await relay.db.raw<{ rows: { 'QUERY PLAN': [{ Plan: Plan }] }[] }>(
      `explain (analyze, buffers, format json) ${sql.replace('$1', String(LIMIT))}`,
    );
    return rows[0]!['QUERY PLAN'][0].Plan;
  };
  const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];
  const pages = (plan: Plan) => plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];

  it('is one walk along the waiting, whatever waits behind them and however much was published', async () => {
    const tenant = await pipeline.createTenant();
    await fill(tenant, { published: 20_000, waiting: LIMIT });
    const small = await poll();
    await fill(await pipeline.createTenant(), { published: 0, waiting: 100_000 });
    const large = await poll();

    for (const plan of [small, large]) {
      assert.deepEqual(
        nodes(plan).map((node) => [node['Node Type'], node['Index Name'], node['Actual Rows']]),
        [
          ['Limit', undefined, LIMIT],
          ['Index Scan', 'outbox_unpublished', LIMIT],
        ],
      );
    }
    assert.ok(pages(large) <= 2 * pages(small), `${pages(large)} pages, with few waiting ${pages(small)}`);
  });
});
