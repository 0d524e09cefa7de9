import assert from 'node:assert/strict';
import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLogger } from '#platform/log/index.ts';
import { AgentRefused, createSshPool, type SshPool } from '#platform/ssh/index.ts';
import { putCommand, sha256 } from '#tests/support/edge-requests.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';
import { eventually } from '#tests/support/eventually.ts';

describe('verbs of the agent', () => {
  let edge: TestEdge;
  let pool: SshPool;
  before(async () => {
    edge = await startTestEdge();
    pool = createSshPool({ keysDir: edge.keysDir, log: silentLogger });
  });
  after(async () => {
    await pool.stop();
    await edge.stop();
  });

  const run = async (verb: string, ...args: string[]) => (await pool.run(edge.sshTarget, { verb, args })).stdout;
  const put = (...args: Parameters<typeof putCommand>) => pool.run(edge.sshTarget, putCommand(...args));
  const served = (slug: string) => readFile(join(edge.tenantsDir, `${slug}.json`), 'utf8');
  const manifestLine = async (slug: string) =>
    (await run('manifest')).split('\n').find((line) => line.startsWith(`${slug} `));
  const refusedWith = (exitCode: number, reason: RegExp) => (error: unknown) => {
    assert(error instanceof AgentRefused);
    assert.equal(error.code, 'agent_refused');
    assert.equal(error.exitCode, exitCode);
    assert.match(error.message, reason);
    return true;
  };

  it('status tells load, memory, disk and whether nginx runs', async () => {
    const status = Object.fromEntries(
      (await run('status'))
        .trim()
        .split('\n')
        .map((line) => line.split('=')),
    );

    assert.equal(status.nginx, 'running');
    for (const key of ['load', 'cores', 'memory_total_bytes', 'memory_available_bytes', 'disk_available_bytes'])
      assert(Number(status[key]) >= 0, `${key} is a number`);
  });

  it('put answers with the sum of what it applied, and manifest lists it', async () => {
    const command = putCommand('acme', 'live', { revision: 1 });

    const { stdout } = await pool.run(edge.sshTarget, command);

    assert.equal(stdout, `${sha256(command.stdin)}\n`);
    assert.equal(await manifestLine('acme'), `acme live ${sha256(command.stdin)}`);
    assert.equal(await served('acme'), command.stdin.toString());
  });

  it('manifest leaves out files that no host name can reach', async () => {
    await writeFile(join(edge.tenantsDir, 'Not A Slug.json'), '{}');

    assert.doesNotMatch(await run('manifest'), /Not A Slug/);
  });

  it('rollback puts back the bytes and the state from before, however often it is asked', async () => {
    await put('rolled', 'suspended', { revision: 1 });
    await put('rolled', 'live', { revision: 2 });

    assert.equal(await run('rollback', 'rolled'), 'suspended\n');
    assert.equal(await run('rollback', 'rolled'), 'suspended\n');

    assert.match(await served('rolled'), /"revision":1/);
    assert.match((await manifestLine('rolled')) ?? '', / suspended /);
  });

  it('rollback of a first publication takes the store out again', async () => {
    await put('fresh', 'live');

    assert.equal(await run('rollback', 'fresh'), 'absent\n');

    assert.equal(await manifestLine('fresh'), undefined);
  });

  it('a put sent twice keeps the version before the first for rollback', async () => {
    await put('repeated', 'live', { revision: 1 });
    await put('repeated', 'live', { revision: 2 });
    await put('repeated', 'live', { revision: 2 });

    await run('rollback', 'repeated');

    assert.match(await served('repeated'), /"revision":1/);
  });

  it('a put cut off half-way does not become what rollback restores', async () => {
    const second = putCommand('cut-off', 'live', { revision: 2 });
    await put('cut-off', 'suspended', { revision: 1 });
    // As a power cut would leave it: the record is made, the bytes are in place, the marker is not yet gone.
    await writeFile(join(edge.dir, 'previous/cut-off.pending'), `suspended\n${await served('cut-off')}`);
    await writeFile(join(edge.tenantsDir, 'cut-off.json'), second.stdin);

    await pool.run(edge.sshTarget, second);
    assert.match((await manifestLine('cut-off')) ?? '', / live /);
    await run('rollback', 'cut-off');

    assert.match(await served('cut-off'), /"revision":1/);
    assert.match((await manifestLine('cut-off')) ?? '', / suspended /);
  });

  it('a suspension whose bytes cannot be put in place leaves no marker', async () => {
    await mkdir(join(edge.tenantsDir, 'blocked.json'));

    await assert.rejects(put('blocked', 'suspended'), refusedWith(73, /cannot write on this disk \(tenants\)/));

    assert(!(await readdir(edge.suspendedDir)).includes('blocked.json'));
    await rmdir(join(edge.tenantsDir, 'blocked.json'));
  });

  it('remove forgets a store, and is content when there is none', async () => {
    await put('leaving', 'suspended');

    await run('remove', 'leaving');
    await run('remove', 'leaving');

    assert.equal(await manifestLine('leaving'), undefined);
  });

  it('rollback of a store never changed says that nothing is kept', async () => {
    await assert.rejects(run('rollback', 'nobody'), refusedWith(66, /nothing is kept/));
  });

  it('a disk that takes no writes leaves the previous bytes and says so', async () => {
    await put('steady', 'live', { revision: 1 });
    await edge.makeReadOnly();

    await assert.rejects(put('steady', 'suspended', { revision: 2 }), refusedWith(73, /cannot write/));

    assert.match((await manifestLine('steady')) ?? '', / live /);
    assert.match(await served('steady'), /"revision":1/);
    await edge.makeWritable();
    await put('steady', 'suspended', { revision: 2 });
    assert.match((await manifestLine('steady')) ?? '', / suspended /);
  });

  it('a change whose past cannot be kept for rollback does not happen', async () => {
    const previous = join(edge.dir, 'previous');
    await put('kept', 'live', { revision: 1 });
    await rename(previous, `${previous}-away`);
    await writeFile(previous, '');

    await assert.rejects(put('kept', 'suspended', { revision: 2 }), refusedWith(73, /cannot write .* \(previous\)/));

    assert.match((await manifestLine('kept')) ?? '', / live /);
    assert.match(await served('kept'), /"revision":1/);
    await rm(previous);
    await rename(`${previous}-away`, previous);
  });

  it('two changes within one second get different modification times', async () => {
    await put('hasty', 'live', { revision: 1 });
    const first = await stat(join(edge.tenantsDir, 'hasty.json'));

    await put('hasty', 'live', { revision: 2 });

    const second = await stat(join(edge.tenantsDir, 'hasty.json'));
    assert(Math.floor(second.mtimeMs / 1000) > Math.floor(first.mtimeMs / 1000));
  });

  it('a reader in the middle of a file keeps the whole old version', async () => {
    await put('read', 'live', { revision: 1 });
    const reader = await open(join(edge.tenantsDir, 'read.json'));

    await put('read', 'live', { revision: 2 });

    assert.match(await reader.readFile('utf8'), /"revision":1/);
    assert.match(await served('read'), /"revision":2/);
    await reader.close();
  });

  it('a change waits for its turn while another one is running', async () => {
    const letGo = await edge.holdLock();

    const waiting = put('patient', 'live');
    await eventually(async () => (await edge.countWaiting()) === 1);
    const servedMeanwhile = await readdir(edge.tenantsDir);
    letGo();
    await waiting;

    assert(!servedMeanwhile.includes('patient.json'));
    assert.match(await served('patient'), /"slug":"patient"/);
  });

  it('twenty writers of one store leave one whole version', async () => {
    const bodies = Array.from({ length: 20 }, (_, index) => putCommand('busy', 'live', { revision: index }));

    await Promise.all(bodies.map((command) => pool.run(edge.sshTarget, command)));

    assert(bodies.map(({ stdin }) => stdin.toString()).includes(await served('busy')));
  });

  it('test names what nginx refuses, and reload then changes nothing', async () => {
    const extra = join(edge.dir, 'conf/conf.d/extra.conf');
    await writeFile(extra, 'nonsense on;');

    await assert.rejects(run('test'), refusedWith(78, /unknown directive "nonsense"/));
    await assert.rejects(run('reload'), refusedWith(78, /unknown directive "nonsense"/));

    await rm(extra);
    assert.equal(await run('test'), '');
    assert.equal(await run('reload'), '');
    assert.equal(await run('smoke'), 'ok\n');
  });

  it('says that nginx is down, and still takes a store', async () => {
    await edge.stopNginx();

    await assert.rejects(run('reload'), refusedWith(69, /nginx does not run/));
    await assert.rejects(run('smoke'), refusedWith(69, /nothing listens/));
    assert.match(await run('status'), /nginx=stopped/);
    await put('later', 'live');
    assert.match((await manifestLine('later')) ?? '', / live /);
  });
});
