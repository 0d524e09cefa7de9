import assert from 'node:assert/strict';
import {
  CONSTRUCTION_STREAM,
  ENGINES_GROUP,
  holdShards,
  NOTHING_PAUSED,
  type Consumer,
  type ShardLease,
} from '#domain/events/index.ts';
import { systemClock } from '#platform/clock.ts';
import { createContext, type Context } from '#platform/context.ts';
import { openDatabase, type Database } from '#platform/db/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createMetrics } from '#platform/metrics/index.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';
import { createEnginesMetrics } from '#workers/engines/engines-metrics.ts';
import { settleForgotten, type Worker } from '#workers/engines/shard-work.ts';

describe('events whose entries somebody took out of the stream', () => {
  let pipeline: Pipeline;
  let database: Database;
  let worker: Worker;
  let lease: ShardLease;
  const applied: string[] = [];

  before(async () => {
    pipeline = await createPipeline();
    const url = pipeline.database.url('bc_worker');
    database = openDatabase({ url, poolMax: 2, applicationName: 'test', log: silentLogger, pipeline: true });
    const actor = { kind: 'system', label: 'test' } as const;
    const ctx: Context = createContext({
      db: database.db,
      log: silentLogger,
      clock: systemClock,
      actor,
      requestId: 'test',
    });
    const consumer: Consumer = {
      group: ENGINES_GROUP,
      worker: 'test:1',
      judge: () => ({ outcome: 'applied', payload: {} }),
      isPaused: () => false,
      apply: async (_lane, facts) => void applied.push(...facts.map(({ event }) => event.eventId)),
    };
    const settler = { ctx, consumer, metrics: createEnginesMetrics(createMetrics('engines')) };
    const pauses = { now: () => NOTHING_PAUSED, refresh: () => Promise.resolve() };
    worker = { name: 'test:1', reader: pipeline.look, redis: pipeline.look, settler, pauses };
    await pipeline.startRelay();
    const owner = { stream: CONSTRUCTION_STREAM, group: ENGINES_GROUP, process: 'engines', worker: 'test:1' };
    lease = await eventually(async () => (await holdShards(ctx, owner, []))[0]);
  });
  after(async () => {
    await database?.stop();
    await pipeline?.remove();
  });

  const redis = () => pipeline.look.client;
  const entryOf = async (eventId: string) => {
    const [row] = await pipeline.rows<{ stream_id: string | null }>(
      'select stream_id from events.pending where event_id = $1',
      [eventId],
    );
    return row?.stream_id ?? undefined;
  };

  it('are settled from the outbox, each once, and those that will still come are left alone', async () => {
    const tenant = await pipeline.createTenant();
    const drafts = Array.from({ length: 5 }, () => saleRecorded());
    const [taken, alsoTaken, held, deleted, unread] = (await pipeline.publish(tenant, ...drafts)) as [
      string,
      string,
      string,
      string,
      string,
    ];
    const deletedEntry = await eventually(() => entryOf(deleted));
    await eventually(() => entryOf(unread));
    const read = (consumer: string, count: number) =>
      redis().xreadgroup('GROUP', ENGINES_GROUP, consumer, 'COUNT', count, 'STREAMS', CONSTRUCTION_STREAM, '>');
    await read('gone', 2);
    await read('working', 1);
    await redis().xgroup('DELCONSUMER', CONSTRUCTION_STREAM, ENGINES_GROUP, 'gone');
    await redis().xdel(CONSTRUCTION_STREAM, deletedEntry);

    await settleForgotten(worker, lease, 0);
    await settleForgotten(worker, lease, 0);

    assert.deepEqual(applied.toSorted(), [taken, alsoTaken, deleted].toSorted());
    assert.deepEqual([await entryOf(taken), await entryOf(deleted)], [undefined, undefined]);
    assert.notEqual(await entryOf(held), undefined);
    assert.notEqual(await entryOf(unread), undefined);
  });

  it('are not looked for before their time', async () => {
    const tenant = await pipeline.createTenant();
    const [eventId] = await pipeline.publish(tenant, saleRecorded());
    const entry = await eventually(() => entryOf(eventId!));
    await redis().xdel(CONSTRUCTION_STREAM, entry);

    await settleForgotten(worker, lease, 60_000);

    assert.notEqual(await entryOf(eventId!), undefined);
  });
});
