import assert from 'node:assert/strict';
import { serviceListener } from '#platform/http/service-server.ts';
import { startHttpServer, type HttpServer } from '#platform/http/server.ts';

describe('serviceListener', () => {
  let server: HttpServer;
  const dependencies = new Map<string, () => Promise<unknown>>();

  before(async () => {
    const check = (name: string) => () => dependencies.get(name)!();
    const listener = serviceListener({
      checks: { database: check('database'), redis: check('redis') },
      metrics: async () => '# HELP up\nup 1\n',
    });
    server = await startHttpServer(listener, '127.0.0.1', 0);
  });

  beforeEach(() => {
    dependencies.set('database', async () => undefined);
    dependencies.set('redis', async () => undefined);
  });

  after(() => server?.stop());

  const getJson = async (path: string) => {
    const response = await fetch(server.url + path);
    return [response.status, await response.json()];
  };

  it('says the process lives even when a dependency is gone', async () => {
    dependencies.set('database', () => Promise.reject(new Error('gone')));

    assert.deepEqual(await getJson('/health'), [200, { status: 'ok' }]);
  });

  it('is ready when all dependencies answer', async () => {
    assert.deepEqual(await getJson('/ready'), [200, { status: 'ok', checks: { database: 'ok', redis: 'ok' } }]);
  });

  it('is not ready when one refuses, and names it and the reason', async () => {
    dependencies.set('redis', () =>
      Promise.reject(Object.assign(new Error('secret detail'), { code: 'ECONNREFUSED' })),
    );

    assert.deepEqual(await getJson('/ready'), [
      503,
      { status: 'unavailable', checks: { database: 'ok', redis: 'ECONNREFUSED' } },
    ]);
  });

  it('is not ready when one never answers', async () => {
    dependencies.set('database', () => new Promise(() => undefined));

    const [status, body] = await getJson('/ready');

    assert.equal(status, 503);
    assert.match(body.checks.database, /no answer within 2000 ms/);
  });

  it('speaks Prometheus and answers 404 elsewhere', async () => {
    const metrics = await fetch(`${server.url}/metrics`);

    assert.match(metrics.headers.get('content-type')!, /text\/plain; version=0\.0\.4/);
    assert.match(await metrics.text(), /up 1/);
    assert.equal((await fetch(`${server.url}/other`)).status, 404);
  });

  it('names the port when it is taken', async () => {
    await assert.rejects(
      startHttpServer(serviceListener({ checks: {}, metrics: async () => '' }), '127.0.0.1', server.port),
      {
        message: `Port ${server.port} on 127.0.0.1 is taken by another program.`,
      },
    );
  });
});
