import assert from 'node:assert/strict';
import {
  carryOutCommands,
  CONSTRUCTION_STREAM,
  ENGINES_GROUP,
  shardKey,
  type Command,
  type CommandInput,
} from '#domain/events/index.ts';
import { askCommand, listRecentCommands, previewCommand, readReaders } from '#domain/streams/index.ts';
import { fixedClock } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { readGroup } from '#platform/redis/index.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createPipeline, type Pipeline, type WorkerProcess } from '#tests/support/pipeline.ts';
import { saleRecorded } from '#tests/support/sales-events.ts';

const KEY = shardKey(CONSTRUCTION_STREAM, 0);

describe('what operators ask of Redis', function () {
  this.timeout(40_000);
  let pipeline: Pipeline;
  let ctx: Context;
  let asWorker: Context;
  let engines: WorkerProcess;
  let tenant: string;

  before(async () => {
    pipeline = await createPipeline();
    [ctx, asWorker] = [pipeline.as('bc_console'), pipeline.as('bc_worker')];
    tenant = await pipeline.createTenant();
    [, engines] = await Promise.all([pipeline.startRelay(), pipeline.startEngines()]);
    await sell(3);
    await settled(3);
  });
  after(() => pipeline?.remove());

  const sell = (count: number) =>
    pipeline.publish(tenant, ...Array.from({ length: count }, () => saleRecorded('2.00')));
  const settled = (count: number) => eventually(async () => (await pipeline.figureOf(tenant)).sales === count);
  const ask = (input: Partial<CommandInput> & Pick<CommandInput, 'kind'>, by = ctx) =>
    askCommand(by, pipeline.look, {
      shard: 0,
      consumer: undefined,
      trimBefore: undefined,
      reason: 'for the test',
      ...input,
    });
  const ended = ({ id }: Command) =>
    eventually(async () => (await listRecentCommands(ctx)).find((one) => one.id === id && one.state !== 'waiting'));
  const consumers = async () => {
    const found = (await pipeline.look.client.xinfo('CONSUMERS', KEY, ENGINES_GROUP)) as string[][];
    return found.map((flat) => flat[1]!);
  };
  /** As the owner of the shard would, which no worker is now. */
  const carryOut = () =>
    carryOutCommands(
      asWorker,
      { name: 'owner', redis: pipeline.look },
      { stream: CONSTRUCTION_STREAM, group: ENGINES_GROUP, shard: 0, epoch: 0 },
    );
  /** Reads as a consumer that nobody knows, while no worker does. */
  const readAs = async (consumer: string, count: number) => {
    await engines.stop();
    await sell(count);
    const read = { streams: [KEY], group: ENGINES_GROUP, consumer, count, blockMs: 500 };
    await eventually(async () => ((await readGroup(pipeline.look, read)).get(KEY)?.length ?? 0) > 0);
  };

  it('drops what is settled and nothing else, and says how many', async () => {
    assert.equal(
      await previewCommand(ctx, pipeline.look, { kind: 'trim', shard: 0, consumer: undefined, trimBefore: undefined }),
      3,
    );

    const { state, entries } = await ended(await ask({ kind: 'trim' }));

    // The newest stays: another relay may have added one behind it meanwhile.
    assert.deepEqual([state, entries, await pipeline.look.client.xlen(KEY)], ['done', 2, 1]);
    await assert.rejects(ask({ kind: 'trim', trimBefore: '9999999999999-0' }), { code: 'unsafe' });
    const audit = await pipeline.rows(`select 1 from platform.audit_log where action = 'stream.trim_asked'`);
    assert.equal(audit.length, 1);
  });

  it('keeps every entry that is not settled, though the trim was thought safe when it was asked for', async () => {
    await readAs('slow', 5);
    const length = await pipeline.look.client.xlen(KEY);
    const [trim, greedy] = [await ask({ kind: 'trim' }), await ask({ kind: 'trim' })];
    await pipeline.rows('update events.commands set trim_before = $1 where id = $2', ['9999999999999-0', greedy.id]);

    await carryOut();

    const [safe, unsafe] = [await ended(trim), await ended(greedy)];
    assert.deepEqual([safe.state, safe.entries], ['done', length - 5]);
    assert.deepEqual([unsafe.state, unsafe.refusal], ['refused', 'unsafe']);
    assert.equal(await pipeline.look.client.xlen(KEY), 5);
    engines = await pipeline.startEngines();
    await settled(8);
  });

  it('hands on what another reader has in hand, and then lets that one be removed', async () => {
    await readAs('ghost', 4);
    await assert.rejects(ask({ kind: 'remove_consumer', consumer: 'ghost' }), { code: 'has_pending' });
    await assert.rejects(ask({ kind: 'remove_consumer', consumer: 'nobody' }), { code: 'unknown_consumer' });
    const claim = await ask({ kind: 'claim', consumer: 'ghost' });
    engines = await pipeline.startEngines();

    assert.equal((await ended(claim)).state, 'done');
    await settled(12);
    const found = await readReaders(ctx, pipeline.look);
    const owner = found!.readers.find(({ isOwner }) => isOwner)!;
    await assert.rejects(ask({ kind: 'remove_consumer', consumer: owner.name }), { code: 'is_owner' });
    const removal = await ended(await ask({ kind: 'remove_consumer', consumer: 'ghost' }));
    assert.equal(removal.state, 'done');
    assert.ok(!(await consumers()).includes('ghost'));
  });

  it('removes nobody who was given entries meanwhile', async () => {
    await pipeline.look.client.xgroup('CREATECONSUMER', KEY, ENGINES_GROUP, 'early');
    await engines.stop();
    const removal = await ask({ kind: 'remove_consumer', consumer: 'early' });
    await readAs('early', 1);

    await carryOut();

    const { state, refusal } = await ended(removal);
    assert.deepEqual([state, refusal], ['refused', 'has_pending']);
    assert.ok((await consumers()).includes('early'));
    engines = await pipeline.startEngines();
    await settled(13);
  });

  it('is not done any more after five minutes without an owner', async () => {
    await engines.stop();
    const long = { ...ctx, clock: fixedClock(new Date(Date.now() - 6 * 60_000)) };
    const command = await ask({ kind: 'trim' }, long);

    engines = await pipeline.startEngines();

    const { state, refusal } = await ended(command);
    assert.deepEqual([state, refusal], ['refused', 'expired']);
  });
});
