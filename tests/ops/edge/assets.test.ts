import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask } from '#tests/support/edge-requests.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';

const FOREVER = 'public, max-age=31536000, immutable';
const BODY = 'body { color: red }\n'.repeat(500);

describe('assets at the edge', () => {
  let app: Server;
  let asked: string[];
  let answer: (req: IncomingMessage, res: ServerResponse) => void;
  let edge: TestEdge;
  before(async () => {
    app = createServer((req, res) => {
      asked.push(`${String(req.headers['x-tenant-slug'])} ${String(req.url)}`);
      answer(req, res);
    });
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
    edge = await startTestEdge({ appServers: [`127.0.0.1:${(app.address() as AddressInfo).port}`] });
    for (const slug of ['acme', 'globex']) await writeFile(join(edge.tenantsDir, `${slug}.json`), '{}');
  });
  beforeEach(() => {
    asked = [];
    answer = send({ 'Content-Type': 'text/css', 'Cache-Control': FOREVER, Vary: 'Accept-Encoding' });
  });
  after(async () => {
    await edge.stop();
    app.closeAllConnections();
    app.close();
  });

  const send =
    (headers: Record<string, string>, status = 200) =>
    (_req: IncomingMessage, res: ServerResponse) =>
      res.writeHead(status, headers).end(BODY);
  const get = (path: string, { slug = 'acme', ...headers }: Record<string, string> = {}) =>
    ask(edge.url, `${slug}.localhost`, path, { headers });

  it('that never change are fetched once for all stores, and may be kept for ever', async () => {
    const first = await get('/assets/0123456789/store.css');
    const second = await get('/assets/0123456789/store.css', { slug: 'globex' });

    for (const { status, headers, body } of [first, second]) {
      assert.equal(status, 200);
      assert.equal(headers['cache-control'], FOREVER);
      assert.equal(body, BODY);
    }
    assert.deepEqual(asked, ['acme /assets/0123456789/store.css']);
  });

  it('are packed for who takes gzip, and not for others', async () => {
    const packed = await get('/assets/packed/store.css', { 'Accept-Encoding': 'br, gzip' });
    const plain = await get('/assets/packed/store.css');

    assert.equal(packed.headers['content-encoding'], 'gzip');
    assert.match(String(packed.headers.vary), /Accept-Encoding/);
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.equal(plain.body, BODY);
  });

  for (const [what, headers, status] of [
    ['that may change', { 'Cache-Control': 'public, max-age=300' }, 200],
    ['that say nothing', {}, 200],
    ['that fail', { 'Cache-Control': FOREVER }, 500],
    ['that set a cookie', { 'Cache-Control': FOREVER, 'Set-Cookie': 'a=1' }, 200],
  ] as const)
    it(`${what} are fetched each time`, async () => {
      answer = send(headers, status);
      const path = `/assets/each-time/${what.replaceAll(' ', '-')}.css`;

      await get(path);
      await get(path);

      assert.equal(asked.length, 2);
    });

  it('of a store that is suspended or unknown are not served from what is kept', async () => {
    await get('/assets/kept/store.css');
    await writeFile(join(edge.tenantsDir, 'closed.json'), '{}');
    await writeFile(join(edge.suspendedDir, 'closed.json'), '');

    assert.equal((await get('/assets/kept/store.css', { slug: 'closed' })).status, 503);
    assert.equal((await get('/assets/kept/store.css', { slug: 'nobody' })).status, 404);
  });

  it('pages are neither packed nor kept', async () => {
    for (const path of ['/web/x', '/api/x']) {
      await get(path, { 'Accept-Encoding': 'gzip' });
      const { headers } = await get(path, { 'Accept-Encoding': 'gzip' });
      assert.equal(headers['content-encoding'], undefined);
    }
    assert.equal(asked.length, 4);
  });
});
