import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ask, startEchoServer, type EchoServer } from '#tests/support/edge-requests.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';
import { eventually } from '#tests/support/eventually.ts';

describe('limits at the edge', () => {
  let upstream: EchoServer;
  let edge: TestEdge | undefined;
  let slow: Server | undefined;
  before(async () => {
    upstream = await startEchoServer();
  });
  afterEach(async () => {
    slow?.closeAllConnections();
    slow?.close();
    await edge?.stop();
  });
  after(() => upstream.stop());

  async function edgeWith(limits: Record<string, number>, appServer = upstream.address) {
    edge = await startTestEdge({ appServers: [appServer], authServer: upstream.address, limits });
    for (const slug of ['acme', 'globex']) await writeFile(join(edge.tenantsDir, `${slug}.json`), `{"slug":"${slug}"}`);
    const { url } = edge;
    return async (slug: string, path: string, times: number) => {
      const answers = [];
      for (let turn = 0; turn < times; turn += 1) answers.push(await ask(url, `${slug}.localhost`, path));
      return answers;
    };
  }

  for (const [area, path] of [
    ['auth', '/auth/login'],
    ['web', '/web/x'],
    ['web', '/assets/x.css'],
    ['api', '/api/x'],
  ] as const)
    it(`${path} answers 429 with Retry-After once an address is over its rate`, async () => {
      const ask = await edgeWith({ [`${area}Rate`]: 1, [`${area}Burst`]: 2 });

      const answers = await ask('acme', path, 6);

      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200, 200, 429, 429, 429],
      );
      assert.equal(answers[5]?.headers['retry-after'], '1');
      assert.match(answers[5]?.body ?? '', area === 'api' ? /"code":"rate_limited"/ : /Muitos pedidos/);
    });

  for (const path of ['/auth/login', '/web/x', '/api/x'])
    it(`${path} answers 429 once a store is over its own rate, which does not slow another`, async () => {
      const ask = await edgeWith({ tenantRate: 1, tenantBurst: 1 });

      assert.equal((await ask('acme', path, 3))[2]?.status, 429);

      assert.equal((await ask('globex', path, 1))[0]?.status, 200);
    });

  it('an address with as many requests under way as it may have gets 429 for one more', async () => {
    const pending: ServerResponse[] = [];
    slow = createServer((_req, res) => void pending.push(res)).listen(0, '127.0.0.1');
    await once(slow, 'listening');
    const ask = await edgeWith({ connections: 2 }, `127.0.0.1:${(slow.address() as AddressInfo).port}`);

    const both = Promise.all([ask('acme', '/web/x', 1), ask('acme', '/web/x', 1)]);
    await eventually(() => pending.length === 2);
    const [third] = await ask('acme', '/auth/login', 1);
    for (const answer of pending) answer.end();

    assert.equal(third?.status, 429);
    assert.deepEqual((await both).flat().map(({ status }) => status), [200, 200]); // prettier-ignore
    assert.equal((await ask('acme', '/auth/login', 1))[0]?.status, 200);
  });
});
