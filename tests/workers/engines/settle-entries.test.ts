import assert from 'node:assert/strict';
import {
  CONSTRUCTION_STREAM,
  ENGINES_GROUP,
  holdShards,
  recordFailure,
  type Consumer,
  type OutboxEvent,
  type ShardLease,
} from '#domain/events/index.ts';
import { toStreamFields } from '#domain/events/envelope.ts';
import { systemClock } from '#platform/clock.ts';
import { createContext, type Context } from '#platform/context.ts';
import { openDatabase, type Database } from '#platform/db/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createMetrics } from '#platform/metrics/index.ts';
import type { StreamEntry } from '#platform/redis/index.ts';
import { outboxEvent } from '#tests/support/outbox-events.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { createEnginesMetrics } from '#workers/engines/engines-metrics.ts';
import { settleAgain, settleFresh, type Settler } from '#workers/engines/settle-entries.ts';

describe('entries of which one is in trouble', () => {
  let pipeline: Pipeline;
  let database: Database;
  let ctx: Context;
  let tenant: string;
  let lease: ShardLease;
  let neighbour: OutboxEvent;
  let killer: OutboxEvent;

  before(async () => {
    pipeline = await createPipeline();
    const url = pipeline.database.url('bc_worker');
    database = openDatabase({ url, poolMax: 2, applicationName: 'test', log: silentLogger, pipeline: true });
    const actor = { kind: 'system', label: 'test' } as const;
    ctx = createContext({ db: database.db, log: silentLogger, clock: systemClock, actor, requestId: 'test' });
    const owner = { stream: CONSTRUCTION_STREAM, group: ENGINES_GROUP, process: 'engines', worker: 'test:1' };
    [lease] = (await holdShards(ctx, owner, [])) as [ShardLease];
  });
  beforeEach(async () => {
    tenant = await pipeline.createTenant();
    [killer, neighbour] = [await outboxEvent(pipeline, tenant), await outboxEvent(pipeline, tenant)];
    await recordFailure(ctx, 'engines', killer, new Error('no'));
  });
  after(async () => {
    await database.stop();
    await pipeline.remove();
  });

  const attempts = () =>
    pipeline.rows('select event_id as id, attempts from events.retries where tenant_id = $1', [tenant]);
  const settledIds = async () => {
    const rows = await pipeline.rows<{ id: string }>(
      'select event_id as id from events.processed where tenant_id = $1',
      [tenant],
    );
    return rows.map(({ id }) => id);
  };
  /** A worker to which this happens in the middle of the killer's effect. */
  const settlerWith = (atKiller: () => Promise<void>): Settler => {
    const consumer: Consumer = {
      group: 'engines',
      worker: 'test:1',
      judge: () => ({ outcome: 'applied', payload: {} }),
      isPaused: () => false,
      async apply(_tx, facts) {
        if (facts.some(({ event }) => event.eventId === killer.eventId)) await atKiller();
      },
    };
    return { ctx, consumer, metrics: createEnginesMetrics(createMetrics('engines')) };
  };
  const entriesOfBoth = (): StreamEntry[] =>
    [killer, neighbour].map((event, index) => ({ id: `1-${index}`, fields: toStreamFields(event) }));
  /** Lets both come again to a worker that ends at the killer. */
  const die = async (atDeath: () => Promise<void> = async () => undefined) => {
    const settler = settlerWith(async () => {
      await atDeath();
      // To the loop it is the same whether the connection or the worker is gone: nothing more is written.
      throw Object.assign(new Error('gone'), { syscall: 'read' });
    });
    await assert.rejects(settleAgain(settler, lease, entriesOfBoth()), /gone/);
  };

  it('cost a handful of transactions, not one each, when one of very many fails', async () => {
    const neighbours: OutboxEvent[] = [];
    for (let n = 0; n < 127; n++) neighbours.push(await outboxEvent(pipeline, tenant));
    const entries = neighbours
      .toSpliced(77, 0, killer)
      .map((event, at) => ({ id: `1-${at}`, fields: toStreamFields(event) }));
    let transactions = 0;
    const count = ({ sql }: { sql: string }) => (transactions += /^begin/i.test(sql) ? 1 : 0);
    database.db.on('query', count);

    const ids = await settleFresh(
      settlerWith(() => Promise.reject(new Error('a bug'))),
      lease,
      entries,
    );

    database.db.removeListener('query', count);
    assert.deepEqual([ids.length, ids.includes('1-77')], [127, false]);
    assert.deepEqual((await settledIds()).toSorted(), neighbours.map(({ eventId }) => eventId).toSorted());
    // The whole, and both halves of each of seven levels.
    assert.equal(transactions, 1 + 2 * 7);
  });

  it('are settled at once but for the one that fails, though they came together', async () => {
    const settler = settlerWith(() => Promise.reject(new Error('a bug')));

    const ids = await settleFresh(settler, lease, entriesOfBoth());

    assert.deepEqual(ids, ['1-1'], 'what may be acknowledged');
    assert.deepEqual(await settledIds(), [neighbour.eventId]);
  });

  it('are tried apart when they come again, so that the one that kills its worker costs its neighbour nothing', async () => {
    await die();

    assert.deepEqual(await settledIds(), [neighbour.eventId]);
    assert.deepEqual(await attempts(), [{ id: killer.eventId, attempts: 2 }]);
  });

  it('have their attempt counted and committed before it starts when they come again', async () => {
    let seen: unknown;

    await die(async () => {
      seen = await attempts();
    });

    assert.deepEqual(seen, [{ id: killer.eventId, attempts: 2 }]);
  });
});
