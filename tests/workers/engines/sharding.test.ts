import assert from 'node:assert/strict';
import { newId } from '#platform/ids.ts';
import { RECORDER } from '#tests/chaos/verdict.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline, type WorkerProcess } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';

describe('a stream in several shards', function () {
  this.timeout(60_000);
  let pipeline: Pipeline;
  let workers: WorkerProcess[];

  before(async () => {
    pipeline = await createPipeline();
    await pipeline.rows(RECORDER);
    await setShards(4);
    await pipeline.startRelay();
    workers = [await pipeline.startEngines(), await pipeline.startEngines()];
  });
  after(() => pipeline?.remove());

  const setShards = (count: number) => pipeline.rows('update events.streams set shard_count = $1', [count]);
  const owners = async () => {
    const rows = await pipeline.rows<{ owner: string | null }>(
      'select owner from events.consumer_shards order by shard',
    );
    return rows.map(({ owner }) => Number(owner?.split(':').at(-1)));
  };
  const shardsOf = async (worker: WorkerProcess) => (await owners()).filter((port) => port === worker.port).length;

  it('is shared by its workers, each shard owned by one', async () => {
    await eventually(async () => (await shardsOf(workers[0]!)) === 2 && (await shardsOf(workers[1]!)) === 2);
    const tenant = await pipeline.createTenant();

    await pipeline.publish(tenant, ...Array.from({ length: 40 }, () => saleRecorded()));

    await eventually(async () => (await pipeline.figureOf(tenant)).sales === 40);
    const used = await pipeline.rows('select 1 from events.consumer_shards where settled > 0');
    assert.equal(used.length, 4);
  });

  it('keeps the order of an aggregate when the number of shards changes on the way', async () => {
    const tenant = await pipeline.createTenant();
    const id = newId();
    const publish = (from: number) =>
      pipeline.publish(
        tenant,
        ...Array.from({ length: 10 }, (_, n) => ({
          ...saleRecorded(),
          aggregate: { type: 'order', id, version: from + n },
        })),
      );

    for (const [round, count] of [1, 3, 2, 4].entries()) {
      await publish(round * 10 + 1);
      await setShards(count);
    }

    await eventually(async () => (await pipeline.figureOf(tenant)).sales === 40);
    const effects = await pipeline.rows<{ version: number }>(
      'select version from chaos.effects where aggregate_id = $1 order by n',
      [id],
    );
    assert.deepEqual(
      effects.map(({ version }) => version),
      Array.from({ length: 40 }, (_, n) => n + 1),
    );
  });

  it('is one worker’s alone when the others stop or die, and shared again when one starts', async () => {
    await workers[1]!.stop();
    await eventually(async () => (await shardsOf(workers[0]!)) === 4);

    const third = await pipeline.startEngines();

    await eventually(async () => (await shardsOf(third)) === 2);
    await third.kill();
    // Its lease of 10 s runs out, and by then nobody leaves it a share any more.
    await eventually(async () => (await shardsOf(workers[0]!)) === 4, { timeoutMs: 14_000 });
  });
});
