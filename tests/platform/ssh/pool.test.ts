import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { ignoreBecause } from '#platform/errors.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createSshPool, type SshPool } from '#platform/ssh/index.ts';
import { startCountingProxy, type CountingProxy } from '#tests/support/counting-proxy.ts';
import { putCommand } from '#tests/support/edge-requests.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';
import { eventually } from '#tests/support/eventually.ts';

describe('SshPool', () => {
  let edge: TestEdge;
  let proxy: CountingProxy;
  let pool: SshPool;
  before(async () => {
    edge = await startTestEdge();
  });
  beforeEach(async () => {
    proxy = await startCountingProxy(edge.sshTarget.port);
    pool = createSshPool({ keysDir: edge.keysDir, log: silentLogger });
  });
  afterEach(async () => {
    await pool.stop();
    await proxy.stop();
  });
  after(() => edge.stop());

  const target = () => ({ ...edge.sshTarget, port: proxy.port });

  it('carries 200 verbs at once over one connection', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => pool.run(target(), { verb: 'version' })));

    assert(answers.every(({ stdout }) => stdout.startsWith('basecommerce-agent ')));
    assert.equal(proxy.connections, 1);
  });

  it('hands standard input over whole', async () => {
    const big = putCommand('acme', 'live', { filler: 'x'.repeat(60_000) });

    const { stdout } = await pool.run(target(), big);

    assert.equal(stdout, 'applied 1\n');
  });

  it('tells what the agent prints as it comes', async () => {
    const heard: string[] = [];

    const { stdout } = await pool.run(target(), { verb: 'version', onOutput: (text) => heard.push(text) });

    assert.equal(heard.join(''), stdout);
  });

  it('carries the exit code and the reason of a refusal', async () => {
    await assert.rejects(pool.run(target(), { verb: 'read', args: ['nobody'] }), {
      code: 'agent_refused',
      status: 502,
      exitCode: 66,
      message: /edge-1 refused "read": there is no file of nobody \(exit 66\)/,
    });
  });

  for (const word of ['Upper', 'two words', '$(id)', '', 'a'.repeat(129), 'line\nbreak'])
    it(`refuses the argument ${JSON.stringify(word.slice(0, 12))} before it connects`, async () => {
      await assert.rejects(pool.run(target(), { verb: 'version', args: [word] }), {
        code: 'ssh_bad_argument',
        status: 422,
      });

      assert.equal(proxy.connections, 0);
    });

  it('stops waiting at the time limit and can go on at once', async () => {
    const { args } = putCommand('acme', 'live');
    // A put without its body waits for it.
    const stuck = pool.run(target(), { verb: 'put', args, stdin: Buffer.alloc(0), timeoutMs: 1 });

    await assert.rejects(stuck, {
      code: 'ssh_timeout',
      status: 503,
      message: /"put" on edge-1 did not end within 0.001 s/,
    });

    await pool.run(target(), { verb: 'version' });
    assert.equal(proxy.connections, 1);
  });

  it('gives up with the reason of the signal, also while waiting for a channel', async () => {
    const reason = new Error('the operator cancelled');
    const cancel = new AbortController();
    const all = Array.from({ length: 20 }, () => pool.run(target(), { verb: 'version', signal: cancel.signal }));
    cancel.abort(reason);

    const outcomes = await Promise.allSettled(all);

    assert(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason === reason));
  });

  describe('in the middle of a verb', () => {
    let release: () => Promise<void>;
    let running: Promise<unknown>;
    const cancel = new AbortController();

    beforeEach(async () => {
      release = await lockTree(edge.dir);
      running = pool.run(target(), { ...putCommand('acme', 'live'), signal: cancel.signal });
      running.catch(ignoreBecause('each test asks what became of it'));
      // Its body has arrived, and it waits for the lock.
      await eventually(async () => (await readdir(`${edge.dir}/staging`)).length === 1);
    });
    afterEach(async () => {
      await release();
      await eventually(async () => (await readdir(`${edge.dir}/staging`)).length === 0);
    });

    it('says that it was cut off when the connection is, for the verb may have done its work or not', async () => {
      await proxy.stop();

      await assert.rejects(running, { code: 'ssh_channel_failed', message: /"put" on edge-1 was cut off/ });
    });

    it('stops waiting when the caller gives up', async () => {
      const reason = new Error('the operator cancelled');

      cancel.abort(reason);

      await assert.rejects(running, reason);
    });
  });

  it('connects again after the connection was cut', async () => {
    await pool.run(target(), { verb: 'version' });
    await edge.stopSshd();
    await edge.startSshd();
    await eventually(() => proxy.open === 0);

    await pool.run(target(), { verb: 'version' });

    assert.equal(proxy.connections, 2);
  });

  it('lets running verbs end before it closes, and takes no more', async () => {
    const running = pool.run(target(), { verb: 'manifest' });
    await eventually(() => proxy.connections === 1);
    const stopping = pool.stop();

    assert.match((await running).stdout, /^tenant acme live /);
    await stopping;
    await eventually(() => proxy.open === 0);
  });

  it('turns away who still waits when it stops, and whoever comes then', async () => {
    const letGo = await edge.holdLock();
    const atWork = Array.from({ length: 8 }, (_, index) => pool.run(target(), putCommand(`busy-${index}`, 'live')));
    await eventually(async () => (await edge.countWaiting()) === 8);
    const waiting = pool.run(target(), { verb: 'version' });

    const stopping = pool.stop();

    const turnedAway = { code: 'ssh_connect_failed', message: /was not asked: this process is stopping/ };
    await assert.rejects(waiting, turnedAway);
    await assert.rejects(pool.run(target(), { verb: 'version' }), turnedAway);
    letGo();
    await Promise.all(atWork);
    await stopping;
  });
});

/** Holds the lock that every change of an edge takes, until the returned function lets it go. */
async function lockTree(dir: string): Promise<() => Promise<void>> {
  const holder = spawn('flock', [dir, 'sh', '-c', 'echo held; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  return async () => {
    const exited = once(holder, 'exit');
    holder.stdin.end();
    await exited;
  };
}
