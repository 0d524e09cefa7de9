import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { fixedClock } from '#platform/clock.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createSshPool, fetchHostKey, fingerprint, HostKeyChanged, type SshPool } from '#platform/ssh/index.ts';
import { ensureSshKey } from '#ops/local/ssh-keys.ts';
import { startCountingProxy, type CountingProxy } from '#tests/support/counting-proxy.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';
import { eventually } from '#tests/support/eventually.ts';

describe('whom SshPool talks to', () => {
  const clock = fixedClock(new Date('2026-11-21T12:00:00Z'));
  let edge: TestEdge;
  let pool: SshPool;
  let proxy: CountingProxy | undefined;
  beforeEach(async () => {
    edge = await startTestEdge();
    pool = createSshPool({ keysDir: edge.keysDir, log: silentLogger, clock });
  });
  afterEach(async () => {
    await pool.stop();
    await proxy?.stop();
    await edge.stop();
  });

  const version = () => pool.run(edge.sshTarget, { verb: 'version' });

  it('sends nothing to a machine that shows another host key, and names both fingerprints', async () => {
    const pinned = fingerprint(edge.sshTarget.hostKey);
    await edge.breakHostKey();
    const shown = fingerprint(await fetchHostKey('127.0.0.1', edge.sshTarget.port));

    const refused = version();

    await assert.rejects(refused, (error: unknown) => {
      assert(error instanceof HostKeyChanged);
      assert.equal(error.code, 'ssh_host_key_changed');
      assert(error.message.includes(pinned) && error.message.includes(shown));
      return true;
    });
    assert(!edge.sshdLog.some((line) => /Accepted|Failed|user /.test(line)), 'no login was begun');
  });

  it('trusts the machine again once its new key is pinned', async () => {
    await edge.breakHostKey();
    await assert.rejects(version(), HostKeyChanged);
    const hostKey = await fetchHostKey('127.0.0.1', edge.sshTarget.port);

    const { stdout } = await pool.run({ ...edge.sshTarget, hostKey }, { verb: 'version' });

    assert.match(stdout, /basecommerce-agent/);
  });

  it('shows the fingerprint of a machine to enrol without logging in', async () => {
    assert.equal(await fetchHostKey('127.0.0.1', edge.sshTarget.port), edge.sshTarget.hostKey);
    assert.match(fingerprint(edge.sshTarget.hostKey), /^SHA256:[A-Za-z0-9+/]{43}$/);
  });

  it('says that a machine does not accept our key', async () => {
    await ensureSshKey(join(edge.keysDir, 'stranger'));

    const refused = pool.run({ ...edge.sshTarget, keyName: 'stranger' }, { verb: 'version' });

    await assert.rejects(refused, { code: 'ssh_auth_failed', message: /does not accept our key/ });
  });

  for (const [keyName, reason] of [
    ['missing', /"missing" cannot be read/],
    ['nonsense', /"nonsense" is no private key/],
    ['../keys/edge', /not a plain file name/],
  ] as const)
    it(`names our key ${keyName} when it is of no use`, async () => {
      await writeFile(join(edge.keysDir, 'nonsense'), 'not a key');

      const refused = pool.run({ ...edge.sshTarget, keyName }, { verb: 'version' });

      await assert.rejects(refused, { code: 'ssh_auth_failed', message: reason });
    });

  it('leaves a machine that does not answer alone for 10 s after the third try, then tries again', async () => {
    proxy = await startCountingProxy(edge.sshTarget.port);
    const { port } = proxy;
    const behindProxy = () => pool.run({ ...edge.sshTarget, port }, { verb: 'version' });
    await edge.stopSshd();

    for (const _ of [1, 2, 3]) await assert.rejects(behindProxy(), { code: 'ssh_connect_failed', status: 503 });
    await assert.rejects(behindProxy(), {
      code: 'ssh_connect_failed',
      message: /Not tried again yet.*next try in 10 s/,
      retryAfterSeconds: 10,
    });
    assert.equal(proxy?.connections, 3);

    await edge.startSshd();
    clock.advance(9_999);
    await assert.rejects(behindProxy(), { code: 'ssh_connect_failed' });
    clock.advance(1);
    await behindProxy();
    assert.equal(proxy?.connections, 4);
  });

  it('counts only failures in a row: a connection in between forgets them', async () => {
    proxy = await startCountingProxy(edge.sshTarget.port);
    const { port } = proxy;
    const behindProxy = () => pool.run({ ...edge.sshTarget, port }, { verb: 'version' });
    const failTwice = async () => {
      for (const _ of [1, 2]) await assert.rejects(behindProxy(), { code: 'ssh_connect_failed' });
    };
    await edge.stopSshd();
    await failTwice();
    await edge.startSshd();
    await behindProxy();
    await edge.stopSshd();
    await eventually(() => proxy?.open === 0);
    await failTwice();
    await edge.startSshd();

    await behindProxy();

    assert.equal(proxy?.connections, 6);
  });

  it('sends nothing to a machine that shows a key of another type than the pinned one', async () => {
    const logins: string[] = [];
    const { private: key } = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
    const impostor = new ssh2.Server({ hostKeys: [key] }, (client) => {
      client.on('authentication', (attempt) => {
        logins.push(attempt.username);
        attempt.reject();
      });
      client.on('error', () => undefined);
    });
    impostor.listen(0, '127.0.0.1');
    await once(impostor, 'listening');
    const { port } = impostor.address() as AddressInfo;

    const refused = pool.run({ ...edge.sshTarget, port }, { verb: 'version' });

    const isRefused = { code: 'ssh_host_key_changed', message: /shows the host key of another type/ };
    await assert.rejects(refused, isRefused).finally(() => impostor.close());
    assert.deepEqual(logins, []);
  });

  it('says that a port nobody listens on cannot be reached', async () => {
    await edge.stopSshd();

    await assert.rejects(version(), {
      code: 'ssh_connect_failed',
      message: /edge-1 \(127\.0\.0\.1:\d+\) cannot be reached/,
    });
    await assert.rejects(fetchHostKey('127.0.0.1', edge.sshTarget.port), { code: 'ssh_connect_failed' });
  });

  it('gives up after 5 s on a machine that takes the connection and stays silent', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;

    const refused = pool.run({ ...edge.sshTarget, port }, { verb: 'version' });

    await assert.rejects(refused, { code: 'ssh_connect_failed', message: /no answer within 5 s/ });
    silent.close();
  });
});
