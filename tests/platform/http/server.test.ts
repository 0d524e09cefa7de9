import assert from 'node:assert/strict';
import express from 'express';
import { startHttpServer } from '#platform/http/server.ts';
import { openEventStream } from '#platform/http/sse.ts';

describe('an HTTP server', () => {
  it('ends event streams when it stops, and lets running requests finish', async () => {
    const asked = Promise.withResolvers<void>();
    const mayAnswer = Promise.withResolvers<void>();
    const app = express();
    app.get('/events', (req, res) => openEventStream(req, res).send({ html: 'hello' }));
    app.get('/slow', async (_req, res) => {
      asked.resolve();
      await mayAnswer.promise;
      res.send('finished');
    });
    const server = await startHttpServer(app, '127.0.0.1', 0);
    const stream = await fetch(`${server.url}/events`);
    const slow = fetch(`${server.url}/slow`);
    await asked.promise;

    const stopped = server.stop();

    // A connection that is cut rejects here.
    assert.match(await stream.text(), /data: hello/);
    mayAnswer.resolve();
    assert.equal(await (await slow).text(), 'finished');
    await stopped;
  });
});
