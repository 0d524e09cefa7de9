import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect as connectHttp2 } from 'node:http2';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { ask, startEchoServer, type EchoServer } from '#tests/support/edge-requests.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';

describe('TLS at the edge', () => {
  let app: EchoServer;
  let edge: TestEdge;
  let certificate: string;
  before(async () => {
    app = await startEchoServer();
    edge = await startTestEdge({ appServers: [app.address], tls: true, publicScheme: 'https' });
    await writeFile(join(edge.tenantsDir, 'acme.json'), '{"slug":"acme"}');
    certificate = await readFile(edge.certificate, 'utf8');
  });
  after(async () => {
    await edge.stop();
    await app.stop();
  });

  const port = () => Number(new URL(edge.tlsUrl).port);

  // Node takes no wildcard right below a top-level name.
  const connection = (servername: string) => ({
    host: '127.0.0.1',
    port: port(),
    servername,
    ca: certificate,
    checkServerIdentity: () => undefined,
  });

  async function get(servername: string, host: string, path: string) {
    const call = request({ ...connection(servername), path, headers: { host }, agent: false });
    call.end();
    const [answer] = await once(call, 'response');
    return { status: answer.statusCode as number, headers: answer.headers, body: await text(answer) };
  }

  it('serves a store by https, and tells the app and the browser so', async () => {
    const { status, headers, body } = await get('acme.localhost', 'acme.localhost', '/web/x');

    assert.equal(status, 200);
    assert.equal(headers['strict-transport-security'], 'max-age=31536000');
    const { headers: seen } = JSON.parse(body);
    assert.equal(seen['x-forwarded-proto'], 'https');
    assert.equal(seen['x-forwarded-host'], `acme.localhost:${port()}`);
  });

  it('speaks HTTP/2', async () => {
    const session = connectHttp2(`https://127.0.0.1:${port()}`, connection('acme.localhost'));
    const stream = session.request({ ':path': '/web/x', ':authority': 'acme.localhost' });
    const [headers] = await once(stream, 'response');

    assert.equal(headers[':status'], 200);
    assert.equal(session.alpnProtocol, 'h2');
    assert.equal(JSON.parse(await text(stream)).headers['x-tenant-slug'], 'acme');
    session.destroy();
  });

  for (const servername of ['nobody.example', 'localhost', ''])
    it(`shows no certificate to who asks for ${servername || 'no name'}`, async () => {
      const socket = connectTls({
        host: '127.0.0.1',
        port: port(),
        rejectUnauthorized: false,
        ...(servername && { servername }),
      });

      await assert.rejects(once(socket, 'secureConnect'), /unrecognized name|handshake failure/i);
    });

  it('answers 404 to another host on a connection made for a store', async () => {
    for (const host of ['nobody.example', '127.0.0.1', 'nobody.localhost'])
      assert.equal((await get('acme.localhost', host, '/web/x')).status, 404);
  });

  for (const maxVersion of ['TLSv1', 'TLSv1.1'] as const)
    it(`refuses ${maxVersion}`, async () => {
      const socket: TLSSocket = connectTls({
        host: '127.0.0.1',
        port: port(),
        servername: 'acme.localhost',
        minVersion: 'TLSv1',
        maxVersion,
        ciphers: 'DEFAULT@SECLEVEL=0',
        rejectUnauthorized: false,
      });

      await assert.rejects(once(socket, 'secureConnect'));
    });

  it('sends who comes by plain http to https, with path and query', async () => {
    for (const path of ['/', '/web/x?y=1', '/auth/login', '/api/x', '/tenant.json', '/assets/x.css', '/nothing']) {
      const { status, headers } = await ask(edge.url, 'acme.localhost', path);

      assert.deepEqual([status, headers.location], [308, `https://acme.localhost:${port()}${path}`]);
      assert.equal(headers['strict-transport-security'], undefined);
    }
  });

  it('says the same when plain http comes to the port of TLS', async () => {
    const { status, headers } = await ask(`http://127.0.0.1:${port()}`, 'acme.localhost', '/web/x?y=1');

    assert.deepEqual([status, headers.location], [308, `https://acme.localhost:${port()}/web/x?y=1`]);
  });

  it('answers health checks of the machine by plain http', async () => {
    assert.equal((await ask(edge.url, '127.0.0.1', '/health')).status, 200);
  });

  it('is beside plain http where that is what visitors use, and nobody is told to stay', async () => {
    const both = await startTestEdge({ appServers: [app.address], tls: true });
    await writeFile(join(both.tenantsDir, 'acme.json'), '{}');

    const plain = await ask(both.url, 'acme.localhost', '/web/x');

    assert.equal(plain.status, 200);
    assert.equal(plain.headers['strict-transport-security'], undefined);
    await both.stop();
  });

  it('is not asked for where a trusted proxy has ended it', async () => {
    const behind = await startTestEdge({
      appServers: [app.address],
      publicScheme: 'https',
      trustedProxies: ['127.0.0.1'],
    });
    await writeFile(join(behind.tenantsDir, 'acme.json'), '{}');
    const by = (scheme: string) =>
      ask(behind.url, 'acme.localhost', '/web/x', { headers: { 'X-Forwarded-Proto': scheme } });

    const secure = await by('https');
    const plain = await by('http');

    assert.equal(secure.status, 200);
    assert.equal(secure.headers['strict-transport-security'], 'max-age=31536000');
    assert.deepEqual([plain.status, plain.headers.location], [308, 'https://acme.localhost/web/x']);
    await behind.stop();
  });
});
