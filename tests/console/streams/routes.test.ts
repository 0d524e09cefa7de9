import assert from 'node:assert/strict';
import type { Readable } from 'node:stream';
import { silentLogger } from '#platform/log/index.ts';
import { openRedis } from '#platform/redis/index.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';
import { startTestRedis, type TestRedis } from '#tests/support/redis.ts';

describe('GET /streams', () => {
  let redisServer: TestRedis;
  let panel: TestConsole;

  before(async () => {
    redisServer = await startTestRedis();
    const redis = await openRedis({ url: redisServer.url, name: 'test', log: silentLogger });
    panel = await openTestConsole({ redis });
  });
  after(async () => {
    await panel.parts.redis.stop();
    await panel.stop();
    await redisServer.remove();
  });

  it('is for people who signed in', async () => {
    const { browser } = await panel.visit();

    await browser
      .get('/streams')
      .expect(303)
      .expect('Location', /^\/login/);
    await browser.get('/streams/live').expect(303);
  });

  it('shows a viewer the figures, who is at work, and as of when', async () => {
    const { browser } = await panel.signIn('viewer');

    const page = await browser.get('/streams').expect(200);

    assert.match(page.text, /events:construction → engines/);
    assert.match(page.text, /Everything is processed\./);
    assert.match(page.text, /Outbox relay[\s\S]*Nobody is at work[\s\S]*Engines worker[\s\S]*Redis/);
    assert.match(page.text, /data-as-of="\d{4}-/);
    assert.match(page.text, /hx-sse:connect="\/streams\/live"/);
  });

  it('says what to do next, and shows the history as a table to who has no JavaScript', async () => {
    const { browser } = await panel.signIn('viewer');

    const page = await browser.get('/streams?range=7d').expect(200);

    assert.match(page.text, /start the processes that were never heard of/);
    assert.match(page.text, /href="\/streams\?range=7d" aria-current="true"/);
    assert.match(page.text, /<table[\s\S]*Commit → effect, p95/);
    assert.match(page.text, /No history yet/);
    await browser.get('/streams?range=nonsense').expect(200, /href="\/streams\?range=1h" aria-current="true"/);
  });

  it('speaks Portuguese to who asks for it', async () => {
    const { browser, csrf } = await panel.signIn('viewer');
    await browser
      .post('/preferences')
      .type('form')
      .send({ _csrf: csrf, locale: 'pt-BR', next: '/streams' })
      .expect(303);

    const page = await browser.get('/streams').expect(200);

    assert.match(page.text, /Filas de eventos[\s\S]*Tudo foi processado\./);
    assert.doesNotMatch(page.text, /streams:/);
  });

  it('sends the same figures over its event stream at once', async () => {
    const { browser } = await panel.signIn('viewer');
    const figures = await browser.get('/streams/figures').expect(200);
    assert.doesNotMatch(figures.text, /<html/);

    const live = await browser
      .get('/streams/live')
      .buffer(true)
      .parse((response, done) => {
        response.once('data', (chunk: Buffer) => {
          done(null, chunk.toString());
          (response as unknown as Readable).destroy();
        });
      })
      .expect('Content-Type', /^text\/event-stream/);

    assert.match(live.body as string, /^data: [\s\S]*id="stream-engines"/);
  });

  it('answers with what PostgreSQL knows while Redis is down, and marks the rest as stale', async () => {
    const { browser } = await panel.signIn('viewer');
    await browser.get('/streams').expect(200);
    await redisServer.stop();

    const page = await browser.get('/streams').expect(200);

    assert.match(page.text, /Does not answer: Redis at/);
    assert.match(page.text, /class="is-stale"/);
    await redisServer.start();
  });
});
