import assert from 'node:assert/strict';
import { getActiveResourcesInfo } from 'node:process';
import { fixedClock } from '#platform/clock.ts';
import { silentLogger } from '#platform/log/index.ts';
import { createSshPool, HostKeyChanged, type SshPool } from '#platform/ssh/index.ts';
import { startDroppingHost, startSilentHost } from '#tests/support/black-holes.ts';
import { startCountingProxy } from '#tests/support/counting-proxy.ts';
import { eventually } from '#tests/support/eventually.ts';
import { startRecordingProxy } from '#tests/support/recording-proxy.ts';
import { startSshHost, type SshHost } from '#tests/support/ssh-host.ts';

const [DISCONNECT, KEXINIT, KEX_ECDH_INIT] = [1, 20, 30];

describe('SshPool when things go wrong', function () {
  this.timeout(60_000);
  const clock = fixedClock(new Date('2026-11-26T12:00:00Z'));
  let host: SshHost;
  let pool: SshPool;

  beforeEach(async () => {
    host = await startSshHost();
    pool = createSshPool({ keysDir: host.keysDir, log: silentLogger, clock });
  });
  afterEach(async () => {
    await pool.stop();
    await host.stop();
  });

  const at = (port: number) => pool.run({ ...host.target, port }, { verb: 'version' });

  it('sends not one byte after the key exchange to a machine that shows another host key', async () => {
    await host.changeHostKey();
    const proxy = await startRecordingProxy(host.target.port);

    await assert.rejects(at(proxy.port), HostKeyChanged);

    await eventually(() => host.log.some((line) => line.endsWith('[preauth]')));
    await proxy.stop();
    // No NEWKEYS, so nothing that was encrypted, no name and no login: the exchange, and goodbye.
    assert.deepEqual(proxy.clientMessages(), [KEXINIT, KEX_ECDH_INIT, DISCONNECT]);
    assert.equal(host.logins, 0);
  });

  it('carries 500 verbs at once over one login and leaves no handle behind', async () => {
    const before = handles();
    const proxy = await startCountingProxy(host.target.port);
    const answers = await Promise.all(Array.from({ length: 500 }, () => at(proxy.port)));

    assert.equal(answers.length, 500);
    assert.deepEqual([proxy.connections, host.logins], [1, 1]);
    const [report] = pool.connections();
    assert.deepEqual([report?.state, report?.running, report?.waiting], ['open', 0, 0]);

    await pool.stop();
    await eventually(() => proxy.open === 0);
    await proxy.stop();
    await eventually(() => assert.deepEqual(handles(), before) === undefined);
    assert.deepEqual(pool.connections(), []);
  });

  for (const [what, startHole] of [
    ['takes the connection and stays silent', startSilentHost],
    ['drops every packet', startDroppingHost],
  ] as const)
    it(`tells everybody who waits at once, after 5 s, that a machine which ${what} cannot be reached`, async () => {
      const hole = await startHole();
      const startedAt = performance.now();

      const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => at(hole.port)));

      assert(performance.now() - startedAt < 10_000, 'one time limit for all, not one after another');
      for (const outcome of outcomes) {
        assert(outcome.status === 'rejected');
        assert.equal((outcome.reason as { code: string }).code, 'ssh_connect_failed');
        assert.match(String(outcome.reason), /infra-1 .* cannot be reached: no answer within 5 s/);
      }
      const [report] = pool.connections();
      assert.deepEqual([report?.state, report?.failures, report?.waiting], ['failing', 1, 0]);
      await hole.stop();
    });

  it('finds out within 10 s that a machine went silent on an open connection, and tells those who wait too', async () => {
    const proxy = await startRecordingProxy(host.target.port);
    await at(proxy.port);
    proxy.freeze();
    const startedAt = performance.now();

    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => at(proxy.port)));

    assert(performance.now() - startedAt < 10_000);
    const codes = outcomes.map((outcome) => outcome.status === 'rejected' && (outcome.reason as { code: string }).code);
    assert.deepEqual(new Set(codes), new Set(['ssh_channel_failed', 'ssh_connect_failed']));
    await proxy.stop();
  });

  it('shows a machine that is left alone for a while, why, and until when', async () => {
    await host.stopSshd();
    for (const _ of [1, 2, 3]) await assert.rejects(at(host.target.port));

    const [report] = pool.connections();

    assert.deepEqual([report?.state, report?.failures], ['resting', 3]);
    assert.match(report?.lastError?.message ?? '', /ECONNREFUSED/);
    assert.deepEqual(report?.retryAt, new Date(clock.now().getTime() + 10_000));
  });

  it('keeps no output of a verb that streams', async () => {
    const heard: string[] = [];

    const result = await pool.run(host.target, {
      verb: 'version',
      keepsOutput: false,
      onOutput: (text) => heard.push(text),
    });

    assert.deepEqual([result.stdout, heard.join('').startsWith('basecommerce-agent')], ['', true]);
  });
});

/** Sockets and child processes of this process; timers that do not keep it alive are none. */
function handles(): string[] {
  return getActiveResourcesInfo()
    .filter((kind) => !/^(Timeout|Immediate|FSReqCallback|.*REQ.*|CloseReq)$/i.test(kind))
    .toSorted();
}
