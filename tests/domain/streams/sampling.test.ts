import assert from 'node:assert/strict';
import { connected } from '#ops/local/roles.ts';
import { getHealth } from '#domain/streams/health-listings.ts';
import { condenseSamples, markStream, readHistory, takeSamples } from '#domain/streams/index.ts';
import { systemClock } from '#platform/clock.ts';
import { createContext, type Context } from '#platform/context.ts';
import { openDatabase, type Database } from '#platform/db/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { fillHistory } from '#tests/console/streams/history-rows.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';

const STREAM = 'events:construction';

describe('samples of a stream', () => {
  let opened: ConsoleDatabase;
  let relay: Database;
  let ctx: Context;

  before(async () => {
    opened = await openConsoleDatabase();
    relay = openDatabase({ url: opened.relayUrl, poolMax: 1, applicationName: 'test', log: silentLogger });
    const actor = { kind: 'system', label: 'outbox relay' } as const;
    ctx = createContext({ db: relay.db, log: silentLogger, clock: systemClock, actor, requestId: 'test' });
  });
  after(async () => {
    await relay.stop();
    await opened.drop();
  });

  const kept = async () => {
    const { rows } = await opened.ctx.db.raw<{ rows: { span: number; rows: number }[] }>(
      `select span_seconds as span, count(*)::int as rows from platform.stream_samples group by 1 order by 1`,
    );
    return rows;
  };

  it('are of every stage at one moment, and of what Redis said', async () => {
    await takeSamples(ctx, STREAM, { usedBytes: 5, maxBytes: 10 });
    await takeSamples(ctx, STREAM, undefined);

    const { rows } = await opened.ctx.db.raw<{ rows: unknown[] }>(
      `select distinct consumer_group, shard, backlog::int from platform.stream_samples order by 1`,
    );
    const health = await opened.ctx.db.raw<{ rows: { used: number | null }[] }>(
      `select redis_used_bytes::int as used from platform.stream_health order by sampled_at`,
    );

    assert.deepEqual(rows, [
      { consumer_group: 'engines', shard: 0, backlog: 0 },
      { consumer_group: 'relay', shard: 0, backlog: 0 },
    ]);
    assert.deepEqual(health.rows, [{ used: 5 }, { used: null }]);
  });

  it('become coarser ones that keep the worst and the last, once, however often that is done', async () => {
    await opened.asSuperuser('delete from platform.stream_samples');
    await fillHistory(opened.superuserUrl);
    await condenseSamples(ctx, STREAM);
    const once = await kept();

    await condenseSamples(ctx, STREAM);

    assert.deepEqual(await kept(), once);
    assert.deepEqual(
      once.map(({ span }) => span),
      [5, 60, 900],
    );
    const { rows } = await opened.ctx.db.raw<{ rows: { worst: number; fine: number }[] }>(
      `select max(backlog) filter (where span_seconds = 900)::int as worst, max(backlog) filter (where span_seconds = 5)::int as fine
         from platform.stream_samples`,
    );
    assert.equal(rows[0]!.worst, rows[0]!.fine);
  });

  it('are forgotten when they are older than their kind is kept', async () => {
    await opened.asSuperuser(
      `update platform.stream_samples set sampled_at = sampled_at - interval '3 hours' where span_seconds = 5`,
    );

    await condenseSamples(ctx, STREAM);

    assert.ok((await kept()).every(({ span }) => span > 5));
  });

  it('are a history with rates, the worst of each step and marks', async () => {
    await opened.asSuperuser('delete from platform.stream_samples; delete from platform.stream_marks');
    await fillHistory(opened.superuserUrl);
    await markStream(ctx, STREAM, 'rebuild', '12');

    const { points, marks } = await readHistory(opened.ctx, STREAM, '1h');

    assert.ok(points.length > 340 && points.length <= 361, String(points.length));
    assert.equal(Math.max(...points.map(({ backlog }) => backlog)), 1000);
    assert.ok(points.slice(1).every((point) => Math.abs(point.in! - 2) < 0.01));
    assert.ok(
      points.some(({ effectP95Ms }) => effectP95Ms! > 2 && effectP95Ms! <= 3),
      'class 3 is from 2 to 3 ms',
    );
    assert.deepEqual(
      marks.map(({ kind, by, note }) => [kind, by, note]),
      [
        ['deploy', 'outbox relay', 'infra:9101'],
        ['rebuild', 'outbox relay', '12'],
      ],
    );
  });

  it('are there for a day, a week and a month, too', async () => {
    await condenseSamples(ctx, STREAM);

    for (const range of ['24h', '7d', '30d'] as const)
      assert.ok((await readHistory(opened.ctx, STREAM, range)).points.length > 0, range);
  });

  it('tell for how long a transaction has been open at least, and whose it is, until it ends', async () => {
    await connected(opened.superuserUrl, async (client) => {
      await client.query(`set application_name = 'forgotten'`);
      await client.query('begin');
      await client.query('select pg_current_xact_id()');
      await takeSamples(ctx, STREAM, undefined);

      const { oldestTransaction } = await getHealth(opened.ctx.db, STREAM);

      assert.equal(oldestTransaction?.holder, 'forgotten');
      assert.ok(oldestTransaction.ageMs > 0);
      await client.query('rollback');
      assert.notEqual((await getHealth(opened.ctx.db, STREAM)).oldestTransaction?.holder, 'forgotten');
    });
  });
});
