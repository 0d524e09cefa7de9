import assert from 'node:assert/strict';
import { ENGINES_GROUP, replayNext, type Consumer, type OutboxEvent } from '#domain/events/index.ts';
import {
  endReplay,
  listRecentReplays,
  pauseFlow,
  previewReplay,
  readStreams,
  resumeFlow,
  startReplay,
  type ReplayInput,
} from '#domain/streams/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline, type WorkerProcess } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';

const DAY_MS = 86_400_000;

describe('a replay of events', function () {
  this.timeout(60_000);
  let pipeline: Pipeline;
  let ctx: Context;
  let asWorker: Context;
  let engines: WorkerProcess;
  let tenant: string;

  before(async () => {
    pipeline = await createPipeline();
    [ctx, asWorker] = [pipeline.as('bc_console'), pipeline.as('bc_worker')];
    [, engines] = await Promise.all([pipeline.startRelay(), pipeline.startEngines()]);
  });
  beforeEach(async () => {
    tenant = await pipeline.createTenant();
  });
  after(() => pipeline?.remove());

  const settled = (of: string, count: number) =>
    eventually(async () => {
      const [row] = await pipeline.rows<{ count: number }>(
        'select count(*)::int as count from events.processed where tenant_id = $1',
        [of],
      );
      return row!.count === count;
    });
  const sell = async (of: string, count: number) => {
    await pipeline.publish(of, ...Array.from({ length: count }, () => saleRecorded('2.00')));
    await settled(of, count);
  };
  /** As a mistake of the engines would. */
  const loseFigures = async (of: string) => {
    for (const table of ['sale_item_facts', 'sale_facts', 'sales_daily', 'stock_facts', 'stock_products'])
      await pipeline.rows(`delete from engines.${table} where tenant_id = $1`, [of]);
  };
  const input = (changes: Partial<ReplayInput> = {}) => {
    const now = Date.now();
    return { from: new Date(now - DAY_MS), to: new Date(now + DAY_MS), tenant, type: '', reason: 'wrong', ...changes };
  };
  const newest = async () => (await listRecentReplays(ctx))[0]!;
  const done = () => eventually(async () => ((await newest()).state === 'done' ? newest() : undefined));
  /** Of a type that no event here is of. */
  const pause = async () => {
    const { id } = await pauseFlow(ctx, { scope: 'type', target: 'quote_sent', reason: 'test', forMinutes: 5 });
    return () => resumeFlow(ctx, id);
  };
  const sales = async (of = tenant) => (await pipeline.figureOf(of)).sales;

  it('brings figures back that were lost, and told twice they are the same', async () => {
    await sell(tenant, 7);
    await loseFigures(tenant);
    assert.equal(await sales(), 0);
    assert.equal(await previewReplay(ctx, input()), 7);

    for (const time of ['first', 'second']) {
      await startReplay(ctx, input());
      const { applied, failed, total } = await done();
      assert.deepEqual([await sales(), applied, failed, total], [7, 7, 0, 7], time);
    }
    const [{ on_hand }] = (await pipeline.rows(
      `select sum(on_hand)::int as on_hand from engines.stock_products where tenant_id = $1`,
      [tenant],
    )) as [{ on_hand: number }];
    const [{ delta }] = (await pipeline.rows(
      `select sum(delta)::int as delta from engines.stock_facts where tenant_id = $1`,
      [tenant],
    )) as [{ delta: number }];
    assert.equal(on_hand, delta);
    const audit = await pipeline.rows<{ action: string }>(
      `select action from platform.audit_log where tenant_id = $1 and action like 'stream.replay%'`,
      [tenant],
    );
    assert.equal(audit.length, 2);
  });

  it('is of the store, the type and the time that were asked for', async () => {
    const other = await pipeline.createTenant();
    await Promise.all([sell(tenant, 2), sell(other, 3)]);
    const count = (changes: Partial<ReplayInput>) => previewReplay(ctx, input(changes));

    assert.equal(await count({ tenant: other }), 3);
    assert.ok((await count({ tenant: '' })) >= 5);
    assert.equal(await count({ type: 'quote_sent' }), 0);
    assert.equal(await count({ to: new Date(Date.now() - DAY_MS / 2) }), 0);
    await Promise.all([loseFigures(tenant), loseFigures(other)]);
    await startReplay(ctx, input({ type: 'sale_recorded' }));
    await done();
    assert.deepEqual([await sales(), await sales(other)], [2, 0]);
  });

  it('refuses what names nothing, and a second one while one runs', async () => {
    await sell(tenant, 1);
    await assert.rejects(startReplay(ctx, input({ type: 'quote_sent' })), { code: 'nothing_to_replay' });
    await assert.rejects(startReplay(ctx, input({ type: 'no_such' })), { code: 'unknown_type' });
    await assert.rejects(startReplay(ctx, input({ tenant: 'nowhere' })), { code: 'unknown_tenant' });
    await assert.rejects(startReplay(ctx, input({ to: new Date(0) })), { code: 'from_after_to' });

    const resume = await pause();
    const { id } = await startReplay(ctx, input());
    await assert.rejects(startReplay(ctx, input()), { code: 'replay_running' });
    await endReplay(ctx, id);
    await assert.rejects(endReplay(ctx, id), { code: 'replay_not_found' });
    await resume();
  });

  it('says that these are too many to count, where PostgreSQL would count for too long', async () => {
    const release = await pipeline.hold('lock table events.outbox in access exclusive mode');
    const count = withTransaction(ctx, async (tx) => {
      await tx.db.raw(`set local statement_timeout = '200ms'`);
      await previewReplay(tx, input());
    });

    await assert.rejects(count, { code: 'too_many' });
    await release();
  });

  it('waits while anything is paused, shows how far it is, and goes on', async () => {
    await sell(tenant, 4);
    await loseFigures(tenant);
    const resume = await pause();
    await startReplay(ctx, input());

    await eventually(async () => {
      const [stream] = await readStreams(ctx, undefined);
      const shard = stream!.shards.find(({ status }) => status === 'REPLAY');
      return shard && JSON.stringify(shard.detail) === '{"done":0,"total":4}';
    });
    // The worker is at work all the same.
    const other = await pipeline.createTenant();
    await sell(other, 1);
    assert.equal((await newest()).applied, 0);
    await resume();
    await done();
    assert.equal(await sales(), 4);
  });

  it('passes over an event that fails, and says how many and why', async () => {
    await sell(tenant, 30);
    await engines.stop();
    const [{ event_id: culprit }] = (await pipeline.rows(
      'select event_id from events.outbox where tenant_id = $1 order by event_id offset 13 limit 1',
      [tenant],
    )) as [{ event_id: string }];
    const seen: string[] = [];
    const consumer: Consumer = {
      group: ENGINES_GROUP,
      worker: 'test',
      judge: ({ payload }: OutboxEvent) => ({ outcome: 'applied', payload }),
      isPaused: () => false,
      async apply(lane, facts) {
        if (facts.some(({ event }) => event.eventId === culprit))
          await lane.query({ name: 'broken', text: 'select 1 / 0', values: [] });
        seen.push(...facts.map(({ event }) => event.eventId));
      },
    };
    await startReplay(ctx, input());

    while (await replayNext(asWorker, consumer));

    const { state, applied, failed, lastError } = await newest();
    assert.deepEqual([state, applied, failed], ['done', 29, 1]);
    assert.match(lastError ?? '', /division by zero/);
    assert.equal(new Set(seen).size, 29);
    assert.equal(seen.length, 29);
    engines = await pipeline.startEngines();
  });

  it('goes on where it was when its worker is killed in the middle', async () => {
    await sell(tenant, 1500);
    await loseFigures(tenant);
    await startReplay(ctx, input());
    await eventually(async () => (await newest()).applied > 0);
    await engines.kill();
    engines = await pipeline.startEngines(engines.port);

    const { applied, total } = await done();

    assert.deepEqual([await sales(), applied, total], [1500, 1500, 1500]);
  });
});
