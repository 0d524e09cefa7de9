import assert from 'node:assert/strict';
import { listOpenAlerts } from '#domain/alerts/index.ts';
import { enrolDroplet, listDroplets, lookAtDroplets, runOnDroplet } from '#domain/droplets/index.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createSshPool, type SshPool } from '#platform/ssh/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';

describe('lookAtDroplets', () => {
  let console: ConsoleDatabase;
  let edge: TestEdge;
  let ssh: SshPool;

  before(async () => {
    console = await openConsoleDatabase();
    edge = await startTestEdge();
    ssh = createSshPool({ keysDir: edge.keysDir, log: silentLogger });
  });

  after(async () => {
    await ssh?.stop();
    await edge?.stop();
    await console?.drop();
  });

  it('records who answers, who is away and who shows another key, each apart from the others', async () => {
    const { host, port, username, hostKey, keyName } = edge.sshTarget;
    const machine = { role: 'infra', host, port, username, hostKey, keyName } as const;
    await enrolDroplet(console.ctx, { ...machine, name: 'answers' });
    await enrolDroplet(console.ctx, { ...machine, name: 'away', port: 1 });
    await enrolDroplet(console.ctx, { ...machine, name: 'stranger', hostKey: `ssh-ed25519 ${'B'.repeat(68)}` });

    await lookAtDroplets({ ...console.ctx, ssh });

    const statuses = (await listDroplets(console.ctx)).map(({ name, status }) => [name, status]);
    assert.deepEqual(statuses, [
      ['answers', 'reachable'],
      ['away', 'unreachable'],
      ['stranger', 'host_key_changed'],
    ]);
    assert.deepEqual(
      (await listOpenAlerts(console.ctx)).map((alert) => alert.key),
      ['droplet:stranger:host_key'],
    );
  });

  it('takes the alert back once the machine shows the pinned key again', async () => {
    const { host, port, username, hostKey, keyName } = edge.sshTarget;
    const [name, wrong] = ['moody', `ssh-ed25519 ${'B'.repeat(68)}`];
    await enrolDroplet(console.ctx, { name, role: 'infra', host, port, username, hostKey: wrong, keyName });
    const alerts = async () =>
      (await listOpenAlerts(console.ctx)).filter(({ key }) => key === `droplet:${name}:host_key`);
    await lookAtDroplets({ ...console.ctx, ssh });
    assert.equal((await alerts()).length, 1);
    // The pin and not the machine changes, without anybody enrolling it: to us that is the same.
    await console.ctx.db('platform.droplets').where({ name }).update({ host_key: hostKey });

    await lookAtDroplets({ ...console.ctx, ssh });

    assert.deepEqual(await alerts(), []);
  });

  it('calls a machine reachable whose agent says no, and keeps what it said', async () => {
    const { host, port, username, hostKey, keyName } = edge.sshTarget;
    const machine = { name: 'refuses', role: 'infra', host, port, username, hostKey, keyName } as const;
    const droplet = await enrolDroplet(console.ctx, machine);
    const rollback = { verb: 'rollback' };

    await assert.rejects(runOnDroplet({ ...console.ctx, ssh }, droplet, rollback), { code: 'agent_refused' });

    const seen = (await listDroplets(console.ctx)).find(({ name }) => name === 'refuses')!;
    assert.equal(seen.status, 'reachable');
    assert.match(seen.lastError ?? '', /nothing is kept/);
  });
});
