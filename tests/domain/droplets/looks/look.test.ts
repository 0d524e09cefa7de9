import assert from 'node:assert/strict';
import { listOpenAlerts } from '#domain/alerts/index.ts';
import {
  enrolDroplet,
  findFacts,
  getDroplet,
  listConnections,
  listDroplets,
  lookAtDroplets,
  recordConnections,
} from '#domain/droplets/index.ts';
import { fixedClock } from '#platform/clock.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createSshPool, type SshCommand, type SshPool, type SshTarget } from '#platform/ssh/index.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { startTestEdge } from '#tests/support/edge.ts';
import { enrolEdge } from '#tests/support/ops.ts';
import { freePort } from '#tests/support/ports.ts';
import { startSshHost, type SshHost } from '#tests/support/ssh-host.ts';

describe('looking at the droplets', () => {
  let console: ConsoleDatabase;
  let host: SshHost;
  let ssh: SshPool;

  beforeEach(async () => {
    [console, host] = await Promise.all([openConsoleDatabase(), startSshHost()]);
    ssh = createSshPool({ keysDir: host.keysDir, log: silentLogger });
  });
  afterEach(async () => {
    await ssh?.stop();
    await host?.stop();
    await console?.drop();
  });

  const enrol = (name: string, changes: { port?: number; hostKey?: string } = {}) => {
    const { port, username, hostKey, keyName } = host.target;
    const machine = { host: '127.0.0.1', port, username, hostKey, keyName };
    return enrolDroplet(console.ctx, { name, role: 'infra', ...machine, ...changes });
  };

  it('records who answers, who is away and who shows another key, each apart from the others', async () => {
    const clock = fixedClock(new Date());
    const ctx = { ...console.ctx, clock, ssh };
    await enrol('answers');
    await enrol('away', { port: await freePort() });
    await enrol('stranger', { hostKey: `ssh-ed25519 ${'B'.repeat(68)}` });

    await lookAtDroplets(ctx);
    const statuses = async () => (await listDroplets(ctx)).map(({ name, status }) => `${name} ${status}`);
    assert.deepEqual(await statuses(), ['answers reachable', 'away enrolled', 'stranger host_key_changed']);

    clock.advance(30_000);
    await lookAtDroplets(ctx);

    assert.deepEqual(await statuses(), ['answers reachable', 'away unreachable', 'stranger host_key_changed']);
    const alerts = (await listOpenAlerts(ctx)).map((alert) => alert.key).sort();
    // Our clock was put forward, so that of the machine is behind: rightly told, and not what this is about.
    assert.deepEqual(alerts, ['droplet:answers:clock', 'droplet:away:unreachable', 'droplet:stranger:host_key']);
  });

  it('keeps what the machine says of itself, with its clock, and that our key opens no shell', async () => {
    const droplet = await enrol('infra-1');

    await lookAtDroplets({ ...console.ctx, ssh });

    const { status, shell, processes } = await findFacts(console.ctx, droplet.id);
    assert.ok(status?.skew);
    const { figures, skew } = status;
    assert.ok(figures.memoryUsed !== undefined && figures.memoryUsed > 0 && figures.memoryUsed < 1);
    assert.ok(figures.cores !== undefined && figures.cores >= 1);
    assert.ok(Math.abs(skew.skewMs) <= skew.uncertaintyMs + 1, 'it is our own clock');
    assert.deepEqual([shell?.refused, shell?.answer], [true, 'exit 64: unknown verb']);
    assert.ok(processes?.known && processes.value.length > 0);
    assert.ok(processes.value.every(({ pid, rssBytes, name }) => pid > 0 && rssBytes >= 0 && name !== ''));
  });

  it('asks an edge for its certificates too, and is well with an agent that does not tell', async () => {
    const edge = await startTestEdge({ tls: true });
    const ownSsh = createSshPool({ keysDir: edge.keysDir, log: silentLogger });
    await enrolEdge(console.ctx, edge);
    const { id } = await getDroplet(console.ctx, 'edge-1');

    await lookAtDroplets({ ...console.ctx, ssh: ownSsh });

    const { status, certificates } = await findFacts(console.ctx, id);
    assert.deepEqual([status?.figures.nginx, status?.figures.agentVersion], ['running', '2']);
    assert.ok(status?.figures.requests, 'how many requests there were');
    assert.ok(certificates?.known && certificates.value.length === 1);
    assert.ok(certificates.value[0]!.expiresAt.getTime() > Date.now());

    await console.ctx.db('platform.droplet_facts').update({ processes_as_of: new Date(0) });
    const older = {
      run: (target: SshTarget, command: SshCommand) =>
        ownSsh.run(target, command.verb === 'processes' ? { ...command, verb: 'unheard-of' } : command),
    };
    await lookAtDroplets({ ...console.ctx, ssh: older });
    assert.equal((await findFacts(console.ctx, id)).processes?.known, false);
    assert.equal((await getDroplet(console.ctx, 'edge-1')).lastError, undefined);
    await ownSsh.stop();
    await edge.stop();
  });

  it('tells how the connection to each machine is, and why it is not', async () => {
    await enrol('infra-1');
    await enrol('away', { port: await freePort() });
    await lookAtDroplets({ ...console.ctx, ssh });

    await recordConnections(console.ctx, 'ops:1', ssh.connections());

    const of = async (name: string) =>
      (await listConnections(console.ctx)).get((await getDroplet(console.ctx, name)).id)?.[0];
    const [open, failing] = [await of('infra-1'), await of('away')];
    assert.deepEqual([open?.state, open?.running, open?.error], ['open', 0, undefined]);
    assert.deepEqual([failing?.state, failing?.failures, failing?.error?.code], ['failing', 1, 'ssh_connect_failed']);

    await recordConnections(console.ctx, 'ops:1', []);
    assert.equal((await of('away'))?.state, 'idle');
  });
});
