import assert from 'node:assert/strict';
import { listInFlight } from '#domain/events/publication/listings.ts';
import { FIRST_TENANT, listWaiting } from '#domain/events/publication/waiting.ts';
import { openDatabase, type Database } from '#platform/db/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { WRITE_EVENTS } from '#tests/support/outbox-events.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';

const LIMIT = 500;

type Plan = {
  'Node Type': string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
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
    await pipeline.rows(
      `select events.make_day(kind, events.day_of(now()) - n) from generate_series(1, 30) n, unnest(array['outbox', 'processed']) kind`,
    );
    relay = openDatabase({ url, poolMax: 1, applicationName: 'test', log: silentLogger });
  });
  after(async () => {
    await relay.stop();
    await pipeline.remove();
  });

  const today = () => new Date().toISOString().slice(0, 10).replaceAll('-', '');

  /** Rows of history and rows that wait, of each store. Their order on the disk is not that of their numbers. */
  const fill = async (stores: string | string[], { settled, waiting }: { settled: number; waiting: number }) => {
    const tenantIds = [stores].flat();
    await pipeline.rows(WRITE_EVENTS, [tenantIds, settled + waiting]);
    await pipeline.rows(
      `delete from events.pending where (tenant_id, event_id) in (
         select tenant_id, event_id from events.pending where tenant_id = any ($1) order by seq limit $2)`,
      [tenantIds, settled * tenantIds.length],
    );
    await pipeline.rows(`analyze events.outbox_${today()}`);
    await pipeline.rows('vacuum analyze events.pending');
  };
  /** The very statement of the relay, with its role and its policies. */
  const planOf = async (ask: () => Promise<readonly unknown[]>): Promise<Plan> => {
    let sql = '';
    let values: unknown[] = [];
    const remember = (query: { sql: string; bindings: unknown[] }) => ({ sql, bindings: values } = query);
    relay.db.on('query', remember);
    assert.ok((await ask()).length > 0);
    relay.db.removeListener('query', remember);
    const { rows } = await relay.db.raw<{ rows: { 'QUERY PLAN': [{ Plan: Plan }] }[] }>(
      `explain (analyze, buffers, format json) ${sql.replace(/\$\d+/g, '?')}`,
      values as string[],
    );
    return rows[0]!['QUERY PLAN'][0].Plan;
  };
  const poll = () =>
    planOf(async () => (await listWaiting(relay.db, { after: FIRST_TENANT, limit: LIMIT, except: [] })).events);
  const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];
  const pages = (plan: Plan) => plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];

  /** No other partition than today's, and nothing of it but what an index led to. */
  const assertOnlyIndexes = (plan: Plan, ofPending: string) => {
    const scans = nodes(plan).filter(
      (node) => /Scan/.test(node['Node Type']) && !/CTE|WorkTable/.test(node['Node Type']),
    );
    const touched = scans.filter((node) => node['Actual Loops'] > 0);
    const used = new Set(touched.map((node) => node['Index Name'] ?? node['Node Type']));
    assert.deepEqual([...used].toSorted(), [`outbox_${today()}_pkey`, ofPending]);
  };

  it('is one walk along the waiting, whatever waits behind them and however much was published', async () => {
    const tenant = await pipeline.createTenant();
    await fill(tenant, { settled: 20_000, waiting: LIMIT });
    const small = await poll();
    await fill(await pipeline.createTenant(), { settled: 0, waiting: 100_000 });
    const large = await poll();

    for (const plan of [small, large]) {
      assertOnlyIndexes(plan, 'pending_waiting');
      assert.equal(plan['Actual Rows'], LIMIT);
    }
    assert.ok(pages(large) <= 2 * pages(small), `${pages(large)} pages, with few waiting ${pages(small)}`);
  });

  it('is as little when the stream is built again from what is in flight', async () => {
    const tenant = await pipeline.createTenant();
    await fill(tenant, { settled: 0, waiting: 4000 });
    await pipeline.rows(
      `update events.pending set published_at = now(), stream_id = '1-1', shard = 5 where tenant_id = $1`,
      [tenant],
    );
    await pipeline.rows('vacuum analyze events.pending');

    const plan = await planOf(() => listInFlight(relay.db, { shard: 5, afterSeq: 0, limit: LIMIT }));

    assertOnlyIndexes(plan, 'pending_in_flight');
    assert.equal(plan['Actual Rows'], LIMIT);
  });

  it('gives a store with very many no more of a batch than its neighbour with a few', async () => {
    const quiet = await pipeline.createTenant();
    await fill(quiet, { settled: 0, waiting: 10 });

    const { events } = await listWaiting(relay.db, { after: FIRST_TENANT, limit: LIMIT, except: [] });

    assert.equal(events.filter(({ tenantId }) => tenantId === quiet).length, 10);
  });

  it('comes to every store in turn when there are more of them than a batch has room for', async () => {
    const others = await pipeline.createTenants(130);
    await fill(others, { settled: 0, waiting: 1 });
    const seen = new Set<string>();

    for (let after = FIRST_TENANT, rounds = 0; rounds < 4; rounds++) {
      const page = await listWaiting(relay.db, { after, limit: LIMIT, except: [] });
      for (const { tenantId } of page.events) seen.add(tenantId);
      after = page.nextAfter;
    }

    assert.equal(others.filter((tenant) => seen.has(tenant)).length, 130);
  });
});
