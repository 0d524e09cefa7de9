import assert from 'node:assert/strict';
import { Unavailable } from '#platform/errors.ts';
import { silentLogger } from '#platform/log/index.ts';
import {
  acknowledge,
  appendEntries,
  ensureGroup,
  findGroupFacts,
  openRedis,
  readGroup,
  readServer,
  reclaimEntries,
  writeIdentityMark,
  type RedisConnection,
  type StreamEntry,
  type StreamFields,
} from '#platform/redis/index.ts';
import { eventually } from '#tests/support/eventually.ts';
import { freePort } from '#tests/support/ports.ts';
import { startTestRedis, type TestRedis } from '#tests/support/redis.ts';

const place = { stream: 's', group: 'g', consumer: 'a' };
const next = { streams: ['s'], group: 'g', consumer: 'a', count: 10, blockMs: 10 };

/** Entries of the one stream of these tests. */
const entriesOf = (read: Map<string, StreamEntry[]>) => read.get('s') ?? [];
const toS = (...fields: StreamFields[]) => fields.map((it) => ({ stream: 's', fields: it }));

describe('streams on Redis', () => {
  let server: TestRedis;
  let redis: RedisConnection;

  before(async () => {
    server = await startTestRedis();
  });
  after(() => server.remove());
  beforeEach(async () => {
    redis = await openRedis({ url: server.url, name: 'test', log: silentLogger });
    await redis.client.flushall();
  });
  afterEach(() => redis.stop());

  it('hands an entry to one reader, and again to nobody once it is acknowledged', async () => {
    await ensureGroup(redis, 's', 'g');
    const [placed] = await appendEntries(redis, toS({ name: 'value' }));

    const read = entriesOf(await readGroup(redis, next));

    assert.deepEqual(read, [{ id: (placed as { id: string }).id, fields: { name: 'value' } }]);
    assert.deepEqual(entriesOf(await readGroup(redis, { ...next, consumer: 'b' })), []);
    assert.equal((await reclaimEntries(redis, { ...place, idleMs: 0, count: 10 })).length, 1);
    await acknowledge(redis, 's', 'g', [read[0]!.id]);
    assert.deepEqual(await reclaimEntries(redis, { ...place, idleMs: 0, count: 10 }), []);
  });

  it('takes over from another consumer only what has rested long enough', async () => {
    await ensureGroup(redis, 's', 'g');
    await appendEntries(redis, toS({ n: '1' }));
    await readGroup(redis, next);
    const heir = { stream: 's', group: 'g', consumer: 'heir', count: 10 };

    assert.deepEqual(await reclaimEntries(redis, { ...heir, idleMs: 60_000 }), []);
    assert.equal((await reclaimEntries(redis, { ...heir, idleMs: 0 })).length, 1);
  });

  it('reads several streams at once and keeps them apart', async () => {
    for (const stream of ['s', 't']) await ensureGroup(redis, stream, 'g');
    await appendEntries(redis, [
      { stream: 's', fields: { n: '1' } },
      { stream: 't', fields: { n: '2' } },
    ]);

    const read = await readGroup(redis, { ...next, streams: ['s', 't'] });

    assert.deepEqual(
      [...read].map(([stream, entries]) => [stream, entries.map(({ fields }) => fields.n)]),
      [
        ['s', ['1']],
        ['t', ['2']],
      ],
    );
  });

  it('makes a lost group again, from the oldest entry on', async () => {
    await appendEntries(redis, toS({ n: '1' }));

    assert.deepEqual(entriesOf(await readGroup(redis, next)), []);
    assert.equal(entriesOf(await readGroup(redis, next)).length, 1);
  });

  it('tells a reader whose stream vanishes under it nothing but that there is nothing', async () => {
    await ensureGroup(redis, 's', 'g');
    const reader = await openRedis({ url: server.url, name: 'reader', log: silentLogger });
    const reading = readGroup(reader, { ...next, blockMs: 4000 });
    await eventually(async () => /blocked_clients:1\b/.test(await redis.client.info('clients')));

    await redis.client.flushall();

    assert.deepEqual(entriesOf(await reading), []);
    assert.equal((await findGroupFacts(redis, 's', 'g'))?.length, 0, 'the group is there again');
    await reader.stop();
  });

  it('leaves no entry of a batch when Redis is full', async () => {
    await redis.client.config('SET', 'maxmemory', '1');
    await assert.rejects(appendEntries(redis, toS({ n: '1' }, { n: '2' })), /OOM/);
    await redis.client.config('SET', 'maxmemory', '0');

    assert.equal(await redis.client.xlen('s'), 0);
  });

  it('notices by its identity that the data was flushed or the server is another one', async () => {
    const before = await writeIdentityMark(redis, 'mark', 'm1');
    assert.equal((await readServer(redis, 'mark')).identity, before);

    await redis.client.flushall();
    assert.notEqual((await readServer(redis, 'mark')).identity, before);
  });

  it('knows nothing of a group that does not exist', async () => {
    assert.equal(await findGroupFacts(redis, 's', 'g'), undefined);

    await ensureGroup(redis, 's', 'g');
    await appendEntries(redis, toS({ n: '1' }));
    assert.deepEqual(await findGroupFacts(redis, 's', 'g'), { length: 1, pending: 0, lag: 1, consumers: [] });
  });

  it('says where Redis should be when nothing answers there, without the password', async () => {
    const port = await freePort();

    await assert.rejects(
      openRedis({ url: `redis://:hunter2@127.0.0.1:${port}/0`, name: 'test', log: silentLogger }),
      (error) =>
        error instanceof Unavailable &&
        error.message === `Redis at 127.0.0.1:${port}/0 does not answer (ECONNREFUSED).`,
    );
  });
});
