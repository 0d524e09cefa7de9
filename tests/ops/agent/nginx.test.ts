import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refusedWith, startAgentOfEdge, type AgentOfEdge } from '#tests/support/agent.ts';
import { childrenOf } from '#tests/support/processes.ts';

describe('the agent and nginx', () => {
  let agent: AgentOfEdge;
  before(async () => {
    agent = await startAgentOfEdge();
  });
  after(() => agent.stop());

  it('test names what nginx refuses, and reload then changes nothing', async () => {
    const extra = join(agent.edge.dir, 'conf/conf.d/extra.conf');
    await writeFile(extra, 'nonsense on;');

    for (const verb of ['test', 'reload'])
      await assert.rejects(agent.run(verb), refusedWith(78, /unknown directive "nonsense"/));

    await rm(extra);
    assert.equal(await agent.run('test'), '');
    assert.equal(await agent.run('smoke'), 'ok\n');
  });

  it('reload ends when nginx has new workers', async () => {
    const before = await childrenOf(agent.edge.nginxPid);

    assert.equal(await agent.run('reload'), '');

    const now = await childrenOf(agent.edge.nginxPid);
    assert(now.some((pid) => !before.includes(pid)));
  });

  it('says that nginx is down, and still takes a store', async () => {
    await agent.edge.stopNginx();

    await assert.rejects(agent.run('reload'), refusedWith(69, /nginx does not run/));
    await assert.rejects(agent.run('smoke'), refusedWith(69, /nothing listens/));
    assert.match(await agent.run('status'), /nginx=stopped/);
    await agent.put({ slug: 'later', state: 'live' });
    assert.match((await agent.found('later')) ?? '', /^live /);
  });
});
