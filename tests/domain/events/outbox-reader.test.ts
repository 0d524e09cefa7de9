import assert from 'node:assert/strict';
import pg from 'pg';
import { markPublished, takeLease } from '#domain/events/publication/queries.ts';
import { createOutboxReader, type OutboxReader } from '#domain/events/publication/outbox-reader.ts';
import { FIRST_TENANT, listWaiting, listWaitingOf } from '#domain/events/publication/waiting.ts';
import { CONSTRUCTION_STREAM, type Lease } from '#domain/events/index.ts';
import { openDatabase, type Database } from '#platform/db/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { WRITE_EVENTS } from '#tests/support/outbox-events.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';

/** A little more than what makes a walk dear. Units: ms. */
const DEAR = 21;

describe('a relay that reads the outbox while walks are dear', () => {
  let pipeline: Pipeline;
  let relay: Database;
  let lease: Lease;
  let reader: OutboxReader;
  let clock: { now: number; stepMs: number };

  beforeEach(async () => {
    pipeline = await createPipeline();
    relay = openDatabase({
      url: pipeline.database.url('bc_relay'),
      poolMax: 1,
      applicationName: 'test',
      log: silentLogger,
    });
    lease = (await takeLease(relay.db, CONSTRUCTION_STREAM, 'relay'))!;
    clock = { now: 0, stepMs: DEAR };
    // Each look at the clock finds it later, so that everything between two looks takes `stepMs`.
    reader = createOutboxReader(relay.db, () => (clock.now += clock.stepMs));
  });
  afterEach(async () => {
    await relay.stop();
    await pipeline.remove();
  });

  const write = (tenantIds: string | string[], count = 1) => pipeline.rows(WRITE_EVENTS, [[tenantIds].flat(), count]);
  /** Writes an event in a transaction that stays open until the returned function commits it. */
  const writeUncommitted = async (tenantId: string): Promise<() => Promise<void>> => {
    const client = new pg.Client(pipeline.database.superuserUrl);
    await client.connect();
    await client.query('begin');
    await client.query(WRITE_EVENTS, [[tenantId], 1]);
    return async () => {
      await client.query('commit');
      await client.end();
    };
  };
  const publish = async () => {
    const { events, remainder } = await reader.next({ limit: 500, except: [] });
    const placed = events.map((event, index) => ({ event, shard: 0, streamId: `1-${index}` }));
    if (placed.length > 0) await markPublished(relay.db, lease, placed);
    return { tenants: events.map(({ tenantId }) => tenantId), remainder };
  };
  /** The first walk is over, and nothing but the stores it saw is known until `passTime`. */
  const walkOnce = async () => {
    await publish();
    clock.stepMs = 0;
  };
  const passTime = () => (clock.now += 100 * DEAR);

  it('goes on with the stores it knows, and says that others may have something', async () => {
    const [known, other] = [await pipeline.createTenant(), await pipeline.createTenant()];
    await write(known);
    await walkOnce();
    await write(known, 2);
    await write(other);

    assert.deepEqual(await publish(), { tenants: [known, known], remainder: 'nothing known' });
    assert.deepEqual(await publish(), { tenants: [], remainder: 'nothing known' });

    passTime();
    assert.deepEqual(await publish(), { tenants: [other], remainder: 'nothing' });
  });

  it('finds at the next walk what was committed late, and in a moment what was only a little late', async () => {
    const tenant = await pipeline.createTenant();
    const commitVeryLate = await writeUncommitted(tenant);
    await write(tenant, 600);
    const commitLate = await writeUncommitted(tenant);
    await write(tenant, 2);
    await publish();
    await walkOnce();
    await commitLate();
    await commitVeryLate();

    assert.deepEqual(await publish(), { tenants: [tenant], remainder: 'nothing known' });
    passTime();
    assert.deepEqual(await publish(), { tenants: [tenant], remainder: 'nothing' });
  });

  it('reads again what could not be published', async () => {
    const tenant = await pipeline.createTenant();
    await write(tenant, 600);
    await walkOnce();
    await reader.next({ limit: 500, except: [] });

    reader.forget();

    assert.equal((await publish()).tenants.length, 100);
  });

  it('always walks when that is cheap', async () => {
    clock.stepMs = DEAR - 1;
    await write(await pipeline.createTenant());
    await publish();
    const other = await pipeline.createTenant();
    await write(other);

    assert.deepEqual(await publish(), { tenants: [other], remainder: 'nothing' });
  });

  it('leaves paused stores out and comes to all others, more than a batch has room for', async () => {
    const tenants = await pipeline.createTenants(130);
    const writeAll = () => write(tenants);
    await writeAll();
    clock.stepMs = 0;
    for (let round = 0; round < 4; round++) await publish();
    clock.stepMs = DEAR;
    await walkOnce();
    await writeAll();
    const paused = tenants[7]!;

    const seen: string[] = [];
    for (let round = 0; round < 4; round++) {
      const { events } = await reader.next({ limit: 500, except: [paused] });
      seen.push(...events.map(({ tenantId }) => tenantId));
    }

    assert.ok(!seen.includes(paused));
    assert.equal(new Set(seen).size, 129);
  });
});

describe('what reading on costs while somebody’s snapshot is held', () => {
  let pipeline: Pipeline;
  let relay: Database;

  before(async () => {
    pipeline = await createPipeline();
    const url = pipeline.database.url('bc_relay');
    relay = openDatabase({ url, poolMax: 1, applicationName: 'test', log: silentLogger, neverScan: true });
  });
  after(async () => {
    await relay.stop();
    await pipeline.remove();
  });

  const pagesOf = async (statement: string, values: readonly string[]): Promise<number> => {
    const { rows } = await relay.pool.query<{ 'QUERY PLAN': string }>(
      `explain (analyze, buffers, timing off) execute ${statement}(${values.join(', ')})`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    assert.match(plan, /rows=10 loops=1/);
    return Number(/Buffers: shared hit=(\d+)/.exec(plan)![1]);
  };

  it('is that of what waits, not of what was published since', async () => {
    const tenant = await pipeline.createTenant();
    const release = await pipeline.hold('set transaction isolation level repeatable read; select 1');
    const fill = (count: number) => pipeline.rows(WRITE_EVENTS, [[tenant], count]);
    await fill(20_000);
    await pipeline.rows(`update events.pending set published_at = now(), shard = 0, stream_id = '1-1'`);
    const [{ last }] = (await pipeline.rows<{ last: string }>('select max(seq) as last from events.pending')) as [
      { last: string },
    ];
    await fill(10);
    const wanted = { after: FIRST_TENANT, limit: 500, except: [] };
    const known = new Map([[tenant, Number(last)]]);
    // PostgreSQL keeps the plan of a prepared statement after a few runs.
    for (let run = 0; run < 8; run++) {
      await listWaiting(relay.db, wanted);
      await listWaitingOf(relay.db, known, wanted);
    }

    const walk = await pagesOf('list_waiting', [`'${FIRST_TENANT}'`, `'{}'`, '64', '500', '64', `'{}'`, '500']);
    const on = await pagesOf('list_waiting_of', [
      `'{${tenant}}'`,
      `'{${last}}'`,
      `'{}'`,
      '64',
      '500',
      '64',
      `'{}'`,
      '500',
    ]);
    await release();

    assert.ok(walk > 500, `${walk} pages: nothing was held, so this test says nothing`);
    assert.ok(on < 60, `${on} pages for 10 events`);
  });
});
