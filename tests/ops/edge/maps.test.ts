import assert from 'node:assert/strict';
import { startAgentOfEdge, type AgentOfEdge } from '#tests/support/agent.ts';
import { ask, bodyCommand, startEchoServer, type EchoServer } from '#tests/support/edge-requests.ts';

const PLANS = 'plan plus 1 8\nplan standard 1 2\n';

describe('maps at the edge', () => {
  let upstream: EchoServer;
  let agent: AgentOfEdge;
  before(async () => {
    upstream = await startEchoServer();
    agent = await startAgentOfEdge({ appServers: [upstream.address], authServer: upstream.address });
    await agent.put({ slug: 'new-name', state: 'live' }, { slug: 'acme', state: 'live' });
  });
  after(async () => {
    await agent.stop();
    await upstream.stop();
  });

  const maps = (lines: string) => agent.send(bodyCommand('maps', lines, 'any'));
  const get = (host: string, path = '/web/x?y=1&z=%2F') => ask(agent.edge.url, host, path);
  const passed = async (host: string, times: number) => {
    const answers = await Promise.all(Array.from({ length: times }, () => get(host)));
    return answers.filter(({ status }) => status === 200).length;
  };

  it('an old name answers 308 to the new one, with path, query and port, for any method', async () => {
    await maps('alias old-name new-name\n');
    const { port } = new URL(agent.edge.url);

    const answer = await get('old-name.localhost');
    assert.equal(answer.status, 308);
    assert.equal(answer.headers.location, `http://new-name.localhost:${port}/web/x?y=1&z=%2F`);

    for (const path of ['/', '/tenant.json', '/auth/login', '/api/x', '/assets/x.css', '/nothing'])
      assert.equal(
        (await get('old-name.localhost', path)).headers.location,
        `http://new-name.localhost:${port}${path}`,
      );
    const post = await ask(agent.edge.url, 'old-name.localhost', '/web/x', { method: 'POST', body: 'a=1' });
    assert.equal(post.status, 308);
  });

  it('an old name is the store itself for as long as its file is there', async () => {
    await maps('alias old-name new-name\n');
    await agent.put({ slug: 'old-name', state: 'live' });

    assert.equal((await get('old-name.localhost')).status, 200);

    await agent.put({ slug: 'old-name', state: 'suspended' });
    assert.equal((await get('old-name.localhost')).status, 503);
    await agent.put({ slug: 'old-name', state: 'absent' });
    assert.equal((await get('old-name.localhost')).status, 308);
  });

  it('a domain of its own is the store, by its slug', async () => {
    await maps('domain loja.example.com.br acme\n');

    const answer = await get('loja.example.com.br');

    const { headers } = JSON.parse(answer.body);
    assert.equal(headers['x-tenant-slug'], 'acme');
    assert.match(headers.host, /^loja\.example\.com\.br:/);
    assert.equal((await get('loja.example.com.br', '/tenant.json')).body, '{"slug":"acme"}');
    assert.equal((await get('LOJA.example.com.br')).status, 200);
    for (const host of ['example.com.br', 'x.loja.example.com.br', 'loja.example.com'])
      assert.equal((await get(host)).status, 404, host);
  });

  it('a domain of a store that is suspended or gone answers as the store does', async () => {
    await maps('domain loja.example.com.br moving\n');
    assert.equal((await get('loja.example.com.br')).status, 404);

    await agent.put({ slug: 'moving', state: 'suspended' });
    assert.equal((await get('loja.example.com.br')).status, 503);
    await agent.put({ slug: 'moving', state: 'live' });
    assert.equal((await get('loja.example.com.br')).status, 200);
  });

  it('a name below the base domain is its own store, whatever the maps say', async () => {
    await maps('domain acme.localhost new-name\n');

    assert.equal(JSON.parse((await get('acme.localhost')).body).headers['x-tenant-slug'], 'acme');
  });

  it('each store has the limit of its plan, and one without a plan that of standard', async () => {
    await agent.put({ slug: 'globex', state: 'live' }, { slug: 'initech', state: 'live' });
    await maps(`limit acme plus\nlimit globex standard\n${PLANS}`);

    assert.equal(await passed('acme.localhost', 20), 9);
    assert.equal(await passed('globex.localhost', 20), 3);
    assert.equal(await passed('initech.localhost', 20), 3);
  });

  it('a plan’s limit changes with the maps', async () => {
    await maps('plan standard 1 2\n');
    await maps('plan standard 1 6\n');

    assert.equal(await passed('new-name.localhost', 20), 7);
  });

  it('without maps all stores have the limit of the settings', async () => {
    await maps('');

    assert.equal(await passed('new-name.localhost', 20), 20);
  });
});
