import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, startEchoServer, type EchoServer } from '#tests/support/edge-requests.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';

describe('limits at the edge', () => {
  let upstream: EchoServer;
  let edge: TestEdge | undefined;
  before(async () => {
    upstream = await startEchoServer();
  });
  afterEach(() => edge?.stop());
  after(() => upstream.stop());

  async function edgeWith(limits: Record<string, number>) {
    edge = await startTestEdge({ appServers: [upstream.address], authServer: upstream.address, limits });
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

  it('one store over its own rate does not slow another', async () => {
    const ask = await edgeWith({ tenantRate: 1, tenantBurst: 1 });

    assert.equal((await ask('acme', '/web/x', 3))[2]?.status, 429);

    assert.equal((await ask('globex', '/web/x', 1))[0]?.status, 200);
  });
});
