import assert from 'node:assert/strict';
import { CONSTRUCTION_STREAM, ENGINES_GROUP, shardKey } from '#domain/events/index.ts';
import { listRecentCommands } from '#domain/streams/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { openRedis, type RedisConnection } from '#platform/redis/index.ts';
import { apiOf } from '#tests/support/console-api.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';
import { startTestRedis, type TestRedis } from '#tests/support/redis.ts';

const KEY = shardKey(CONSTRUCTION_STREAM, 0);

describe('the readers and entries in Redis', () => {
  let panel: TestConsole;
  let server: TestRedis;
  let redis: RedisConnection;

  before(async () => {
    server = await startTestRedis();
    redis = await openRedis({ url: server.url, name: 'test', log: silentLogger });
    panel = await openTestConsole({ redis });
    await panel.asSuperuser(
      `insert into events.shards (stream, shard) values ('events:construction', 0) on conflict do nothing`,
    );
    await panel.asSuperuser(
      `insert into events.consumer_shards (stream, consumer_group, shard, owner)
       values ('events:construction', 'engines', 0, 'host:9101')
       on conflict (stream, consumer_group, shard) do update set owner = excluded.owner`,
    );
  });
  after(async () => {
    await panel.stop();
    await redis.stop();
    await server.remove();
  });

  it('are shown by shard, with what may be done about each', async () => {
    await redis.client.xgroup('CREATE', KEY, ENGINES_GROUP, '0', 'MKSTREAM');
    for (const consumer of ['host:9101', 'ghost', 'idle']) {
      await redis.client.xgroup('CREATECONSUMER', KEY, ENGINES_GROUP, consumer);
    }
    for (let n = 0; n < 3; n++) await redis.client.xadd(KEY, '*', 'event', '{}');
    await redis.client.xreadgroup('GROUP', ENGINES_GROUP, 'ghost', 'COUNT', 2, 'STREAMS', KEY, '>');
    const { browser } = await panel.signIn('operator');

    const page = await browser.get('/streams/shards').expect(200);

    assert.match(page.text, /3 entries, about 3 settled/);
    assert.match(page.text, /kind=claim&(amp;|#38;)?shard=0&(amp;|#38;)?consumer=ghost/);
    assert.match(page.text, /kind=remove_consumer&(amp;|#38;)?shard=0&(amp;|#38;)?consumer=idle/);
    assert.doesNotMatch(page.text, /consumer=host/);
    const viewer = await panel.signIn('viewer');
    assert.doesNotMatch((await viewer.browser.get('/streams/shards').expect(200)).text, /commands\/new/);
  });

  it('say what a command would do before it is asked for, and what is wrong with it', async () => {
    const { browser, csrf } = await panel.signIn('operator');
    const confirm = (query: object) => browser.get('/streams/commands/new').query({ shard: 0, ...query });

    assert.match(
      (await confirm({ kind: 'claim', consumer: 'ghost' }).expect(200)).text,
      /2 entries that ghost has in hand/,
    );
    assert.match((await confirm({ kind: 'trim' }).expect(200)).text, /At most 3 settled entries of shard 0/);
    await confirm({ kind: 'remove_consumer', consumer: 'ghost' }).expect(303);
    assert.match((await browser.get('/streams/shards')).text, /It has entries in hand/);

    const post = (form: object) =>
      browser
        .post('/streams/commands')
        .type('form')
        .send({ _csrf: csrf, kind: 'remove_consumer', shard: '0', consumer: 'idle', ...form });
    assert.match((await post({ reason: '' }).expect(422)).text, /Say why/);
    await post({ reason: 'gone since May' }).expect(303);
    const [command, ...others] = await listRecentCommands(panel.ctx);
    assert.deepEqual(
      [command!.kind, command!.consumer, command!.state, others.length],
      ['remove_consumer', 'idle', 'waiting', 0],
    );
    const list = await browser.get('/streams/commands').expect(200);
    assert.match(list.text, /Waits for the owner/);
    assert.match(list.text, /every 1s/);
  });

  it('are the same for a program, which may say before which entry to trim', async () => {
    const api = await apiOf(panel, 'operator');

    const preview = await api.get('/stream-commands/preview').query({ kind: 'claim', shard: 0, consumer: 'ghost' });
    assert.deepEqual([preview.status, preview.body], [200, { entries: 2 }]);
    const refused = await api
      .post('/stream-commands')
      .send({ kind: 'remove_consumer', shard: 0, consumer: 'ghost', reason: 'x' });
    assert.deepEqual([refused.status, refused.body.code], [409, 'has_pending']);
    const unknown = await api.post('/stream-commands').send({ kind: 'trim', shard: 7, reason: 'x' });
    assert.deepEqual([unknown.status, unknown.body.code], [422, 'unknown_shard']);
    const bad = await api.post('/stream-commands').send({ kind: 'trim', shard: 0, trim_before: 'now', reason: 'x' });
    assert.equal(bad.status, 422);
    const asked = await api.post('/stream-commands').send({ kind: 'trim', shard: 0, trim_before: '1-0', reason: 'x' });
    assert.deepEqual([asked.status, asked.body.state, asked.body.trim_before], [201, 'waiting', '1-0']);
    const viewer = await apiOf(panel, 'viewer');
    assert.equal((await viewer.get('/stream-commands').expect(200)).body.items.length, 2);
    await viewer.post('/stream-commands').send({ kind: 'trim', shard: 0, reason: 'x' }).expect(403);
  });
});
