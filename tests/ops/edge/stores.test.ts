import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLogger } from '#platform/log/index.ts';
import { createSshPool, type SshPool } from '#platform/ssh/index.ts';
import { ask, bundleCommand, putCommand, startEchoServer, type EchoServer } from '#tests/support/edge-requests.ts';
import { startTestEdge, TEST_EDGE_SECRET, type TestEdge } from '#tests/support/edge.ts';
import { eventually } from '#tests/support/eventually.ts';
import { childrenOf } from '#tests/support/processes.ts';

describe('stores at the edge', () => {
  let upstream: EchoServer;
  let edge: TestEdge;
  let pool: SshPool;
  before(async () => {
    upstream = await startEchoServer();
    edge = await startTestEdge({ appServers: [upstream.address], authServer: upstream.address });
    pool = createSshPool({ keysDir: edge.keysDir, log: silentLogger });
    await put('acme', 'live', { name: 'Acme', revision: 1 });
  });
  after(async () => {
    await pool.stop();
    await edge.stop();
    await upstream.stop();
  });

  const put = (...args: Parameters<typeof putCommand>) => pool.run(edge.sshTarget, putCommand(...args));
  const get = (host: string, path: string, headers: Record<string, string> = {}) =>
    ask(edge.url, host, path, { headers });
  const statusOf = async (slug: string) => (await get(`${slug}.localhost`, '/web/dashboard')).status;

  it('a published store answers at once, a suspended one and a removed one within 3 s, all without a reload', async () => {
    const workers = await childrenOf(edge.nginxPid);
    assert.equal(await statusOf('globex'), 404);

    await put('globex', 'live');
    assert.equal(await statusOf('globex'), 200);

    await put('globex', 'suspended');
    await eventually(async () => (await statusOf('globex')) === 503, { timeoutMs: 3000 });
    await put('globex', 'live');
    await eventually(async () => (await statusOf('globex')) === 200, { timeoutMs: 3000 });
    await pool.run(edge.sshTarget, bundleCommand([{ slug: 'globex', state: 'absent' }]));
    await eventually(async () => (await statusOf('globex')) === 404, { timeoutMs: 3000 });
    assert.deepEqual(await childrenOf(edge.nginxPid), workers);
    assert.equal(await statusOf('acme'), 200);
  });

  it('/tenant.json shows a new revision as soon as it is published, with another ETag', async () => {
    const before = await get('acme.localhost', '/tenant.json');
    assert.deepEqual(JSON.parse(before.body), { slug: 'acme', name: 'Acme', revision: 1 });
    assert.equal(before.headers['cache-control'], 'public, max-age=300');
    assert.equal(before.headers.vary, 'Host');
    assert.equal(before.headers['content-type'], 'application/json');

    await put('acme', 'live', { name: 'Acme', revision: 2 });

    const after = await get('acme.localhost', '/tenant.json', { 'If-None-Match': String(before.headers.etag) });
    assert.equal(after.status, 200);
    assert.equal(JSON.parse(after.body).revision, 2);
  });

  it('a suspended store answers every path with 503, Retry-After and a page in Portuguese and English', async () => {
    await put('closed', 'suspended');

    for (const path of ['/', '/tenant.json', '/web/x', '/auth/login', '/assets/a.css']) {
      const answer = await get('closed.localhost', path);
      assert.equal(answer.status, 503, path);
      assert.equal(answer.headers['retry-after'], '3600', path);
      assert.equal(answer.headers['cache-control'], 'no-store', path);
    }
    const page = await get('closed.localhost', '/web/x');
    assert.match(page.body, /Loja suspensa/);
    assert.match(page.body, /<p lang="en">This store is suspended/);
    assert.equal((await ask(edge.url, 'closed.localhost', '/web/x', { method: 'POST', body: 'a=1' })).status, 503);
  });

  it('programs are refused in problem+json', async () => {
    const answer = await get('nobody-here.localhost', '/api/v1/products');

    assert.equal(answer.status, 404);
    assert.equal(answer.headers['content-type'], 'application/problem+json');
    assert.deepEqual(Object.keys(JSON.parse(answer.body)), ['type', 'title', 'status', 'code']);
    assert.equal(JSON.parse(answer.body).code, 'unknown_store');
  });

  for (const host of [
    'nobody-here.localhost',
    'localhost',
    '127.0.0.1',
    'xn--acme.localhost',
    'ac--me.localhost',
    '-acme.localhost',
    'acme-.localhost',
    'ac.localhost',
    'a.acme.localhost',
    'acme.localhost.evil.example',
    'acmexlocalhost',
    'acme_1.localhost',
    '..localhost',
    `${'a'.repeat(41)}.localhost`,
  ])
    it(`the host ${host.slice(0, 30)} is no store: 404 with a page, and no upstream hears of it`, async () => {
      const heardBefore = upstream.seen.length;
      // Its file is there by mistake: the name alone must do.
      const label = host.replace(/\.localhost$/, '');
      if (label !== 'nobody-here') await writeFile(join(edge.tenantsDir, `${label}.json`), '{}');

      const answer = await get(host, '/web/dashboard');

      assert.equal(answer.status, host === '..localhost' ? 400 : 404);
      assert.equal(upstream.seen.length, heardBefore);
    });

  it('a host in capitals is the same store, as host names are', async () => {
    const answer = await get('ACME.LocalHost', '/web/x');

    assert.equal(JSON.parse(answer.body).headers['x-tenant-slug'], 'acme');
  });

  it('replaces everything a client says in the name of the edge', async () => {
    const answer = await get('acme.localhost', '/web/x?y=1', {
      'X-Tenant-Slug': 'globex',
      'X-Edge-Auth': 'guess',
      'X-Request-Id': 'chosen',
      'X-Forwarded-For': '1.2.3.4',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'globex.localhost',
      'X-Real-IP': '1.2.3.4',
      'CF-Connecting-IP': '1.2.3.4',
      Forwarded: 'for=1.2.3.4;host=globex.localhost',
    });

    const { path, headers } = JSON.parse(answer.body);
    const { port } = new URL(edge.url);
    assert.equal(path, '/web/x?y=1');
    assert.equal(headers['x-tenant-slug'], 'acme');
    assert.equal(headers['x-edge-auth'], TEST_EDGE_SECRET);
    assert.match(headers['x-request-id'], /^[0-9a-f]{32}$/);
    assert.equal(headers['x-request-id'], answer.headers['x-request-id']);
    assert.equal(headers['x-forwarded-for'], '127.0.0.1');
    assert.equal(headers['x-real-ip'], '127.0.0.1');
    assert.equal(headers['x-forwarded-proto'], 'http');
    assert.equal(headers['x-forwarded-host'], `acme.localhost:${port}`);
    assert.equal(headers.host, `acme.localhost:${port}`);
    assert.equal(headers.forwarded, undefined);
  });

  it('believes the request line, not the Host header, about the store asked for', async () => {
    await put('globex', 'live');

    const answer = await get('globex.localhost', 'http://acme.localhost/web/x');

    const { headers } = JSON.parse(answer.body);
    assert.equal(headers['x-tenant-slug'], 'acme');
    assert.match(headers.host, /^acme\.localhost/);
  });
});
