import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refusedWith, startAgentOfEdge, type AgentOfEdge } from '#tests/support/agent.ts';

describe('rollback of the agent', () => {
  let agent: AgentOfEdge;
  beforeEach(async () => {
    agent = await startAgentOfEdge();
  });
  afterEach(() => agent.stop());

  const before = async () => {
    await agent.put({ slug: 'kept', state: 'live' });
    await agent.put({ slug: 'acme', state: 'suspended', fields: { v: 1 } }, { slug: 'leaving', state: 'live' });
    return agent.run('manifest');
  };
  const change = () =>
    agent.put(
      { slug: 'acme', state: 'live', fields: { v: 2 } },
      { slug: 'leaving', state: 'absent' },
      { slug: 'fresh', state: 'live' },
    );

  it('puts back what the last bundle replaced, however often it is asked', async () => {
    const manifest = await before();
    await change();

    assert.equal(await agent.run('rollback'), 'rolled back 3\n');
    assert.equal(await agent.run('manifest'), manifest);
    assert.equal(await agent.run('rollback'), 'rolled back 3\n');
    assert.equal(await agent.run('manifest'), manifest);
  });

  it('keeps the bundle before for a repeat that changed nothing', async () => {
    const manifest = await before();
    await change();
    await change();

    await agent.run('rollback');

    assert.equal(await agent.run('manifest'), manifest);
  });

  it('changes nothing once somebody else changed one of its stores', async () => {
    await before();
    await change();
    await writeFile(join(agent.edge.tenantsDir, 'fresh.json'), '{"slug":"fresh","by":"hand"}');
    const manifest = await agent.run('manifest');

    await assert.rejects(agent.run('rollback'), refusedWith(76, /1 of 3/));

    assert.equal(await agent.run('manifest'), manifest);
  });

  it('says that nothing is kept on an edge that was never changed', async () => {
    await assert.rejects(agent.run('rollback'), refusedWith(66, /nothing is kept/));
  });
});
