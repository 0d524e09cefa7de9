import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, startEchoServer, type EchoServer } from '#tests/support/edge-requests.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';

describe('who the edge takes the client for', () => {
  let app: EchoServer;
  let edge: TestEdge | undefined;
  before(async () => {
    app = await startEchoServer();
  });
  afterEach(() => edge?.stop());
  after(() => app.stop());

  async function edgeThatTrusts(trustedProxies: string[], limits?: Record<string, number>) {
    edge = await startTestEdge({ appServers: [app.address], trustedProxies, ...(limits && { limits }) });
    await writeFile(join(edge.tenantsDir, 'acme.json'), '{}');
    const { url } = edge;
    return (headers: Record<string, string>) => ask(url, 'acme.localhost', '/web/x', { headers });
  }

  const told = { 'CF-Connecting-IP': '203.0.113.7', 'X-Forwarded-Proto': 'https' };

  it('is whom a trusted proxy names, with what it speaks', async () => {
    const ask = await edgeThatTrusts(['10.0.0.0/8', '127.0.0.0/8']);

    const { headers } = JSON.parse((await ask(told)).body);

    for (const name of ['x-real-ip', 'x-forwarded-for']) assert.equal(headers[name], '203.0.113.7');
    assert.equal(headers['x-forwarded-proto'], 'https');
  });

  for (const [who, networks] of [
    ['nobody is trusted', []],
    ['others are trusted', ['10.0.0.0/8', '2400:cb00::/32']],
  ] as const)
    it(`is who connects when ${who}`, async () => {
      const ask = await edgeThatTrusts([...networks]);

      const { headers } = JSON.parse((await ask(told)).body);

      for (const name of ['x-real-ip', 'x-forwarded-for']) assert.equal(headers[name], '127.0.0.1');
      assert.equal(headers['x-forwarded-proto'], 'http');
      assert.equal(headers['cf-connecting-ip'], '203.0.113.7');
    });

  it('counts for the limits: each address behind the proxy has its own', async () => {
    const ask = await edgeThatTrusts(['127.0.0.1'], { webRate: 1, webBurst: 1 });
    const from = async (address: string) => (await ask({ 'CF-Connecting-IP': address })).status;

    const first = [await from('203.0.113.7'), await from('203.0.113.7'), await from('203.0.113.7')];

    assert.deepEqual(first, [200, 200, 429]);
    assert.equal(await from('203.0.113.8'), 200);
  });

  it('speaks what it speaks when a trusted proxy tells nonsense', async () => {
    const ask = await edgeThatTrusts(['127.0.0.1']);

    const { headers } = JSON.parse((await ask({ 'X-Forwarded-Proto': 'gopher', 'CF-Connecting-IP': 'nobody' })).body);

    assert.equal(headers['x-forwarded-proto'], 'http');
    assert.equal(headers['x-real-ip'], '127.0.0.1');
  });
});
