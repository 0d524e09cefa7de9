import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, startEchoServer, type EchoServer } from '#tests/support/edge-requests.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';
import { eventually } from '#tests/support/eventually.ts';

describe('paths at the edge', () => {
  let app: EchoServer;
  let auth: EchoServer;
  let edge: TestEdge;
  before(async () => {
    app = await startEchoServer();
    auth = await startEchoServer();
    edge = await startTestEdge({ appServers: [app.address], authServer: auth.address });
    await writeFile(join(edge.tenantsDir, 'acme.json'), '{"slug":"acme"}');
  });
  after(async () => {
    await edge.stop();
    await app.stop();
    await auth.stop();
  });

  const get = (path: string, headers: Record<string, string> = {}) =>
    ask(edge.url, 'acme.localhost', path, { headers });

  it('/auth/ goes to auth, /web/, /api/ and /assets/ go to the app', async () => {
    for (const [path, server, other] of [
      ['/auth/login', auth, app],
      ['/web/dashboard', app, auth],
      ['/api/v1/products', app, auth],
      ['/assets/store.css', app, auth],
    ] as const) {
      const before = { server: server.seen.length, other: other.seen.length };
      assert.equal((await get(path)).status, 200, path);
      assert.deepEqual([server.seen.length, other.seen.length], [before.server + 1, before.other], path);
    }
  });

  it('/ leads to the login, and with a session to the dashboard', async () => {
    const without = await get('/');
    assert.equal(without.status, 302);
    assert.equal(without.headers.location, '/auth/login');

    for (const cookie of ['bc_session=abc', 'theme=dark; __Host-bc_session=abc'])
      assert.equal((await get('/', { cookie })).headers.location, '/web/dashboard', cookie);
    for (const cookie of ['bc_session=', 'not_bc_session=abc'])
      assert.equal((await get('/', { cookie })).headers.location, '/auth/login', cookie);
  });

  it('/health answers for the machine itself', async () => {
    const answer = await ask(edge.url, '127.0.0.1', '/health');

    assert.equal(answer.status, 200);
    assert.equal(answer.body, '{"status":"ok"}');
  });

  for (const path of [
    '/internal/auth/login',
    '/metrics',
    '/ready',
    '/internal',
    '//internal/x',
    '/INTERNAL/x',
    '/__edge/suspended.html',
    '/anything',
  ])
    it(`${path} reaches nobody`, async () => {
      const before = app.seen.length + auth.seen.length;

      assert.equal((await get(path)).status, 404);
      assert.equal(app.seen.length + auth.seen.length, before);
    });

  for (const path of [
    '/internal/../web/x',
    '/internal/x/..%2f..%2fweb/x',
    '/internal/%2e%2e/web/x',
    '/web/../internal/x',
    '/web/./x',
    '/web/..%5cinternal',
    '/web/..\\internal',
    '/web/..',
  ])
    it(`${path} reaches nobody, since the app might read it differently`, async () => {
      const before = app.seen.length + auth.seen.length;

      assert.ok([400, 404].includes((await get(path)).status));
      assert.equal(app.seen.length + auth.seen.length, before);
    });

  it('dots inside names and in queries are nobody’s business', async () => {
    for (const path of ['/assets/app.v1..2.css', '/web/search?q=../x', '/web/.well-known'])
      assert.equal((await get(path)).status, 200, path);
  });

  it('compresses what is the same for everybody, and nothing that may carry a secret beside typed text', async () => {
    const asBrowser = { 'Accept-Encoding': 'gzip', Accept: 'text/html' };
    const encodingOf = async (path: string) => (await get(path, asBrowser)).headers['content-encoding'];

    assert.equal(await encodingOf('/assets/x.css'), 'gzip');
    for (const path of ['/web/x', '/auth/login', '/api/x']) assert.equal(await encodingOf(path), undefined, path);
  });

  it('the access log names store, request and path, and no query', async () => {
    const { headers } = await get('/web/logged?token=secret');

    const line = await eventually(async () => {
      const log = await readFile(join(edge.dir, 'logs/access.log'), 'utf8');
      return log.split('\n').find((entry) => entry.includes(String(headers['x-request-id'])));
    });
    const { tenant, path, status, method } = JSON.parse(line);
    assert.deepEqual(
      { tenant, path, status, method },
      { tenant: 'acme', path: '/web/logged', status: 200, method: 'GET' },
    );
    assert.ok(!line.includes('secret'));
  });
});
