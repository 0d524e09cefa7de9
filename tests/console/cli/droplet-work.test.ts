import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { enrolDroplet, getDroplet } from '#domain/droplets/index.ts';
import type { Running } from '#platform/process.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { startTestOpsWorker } from '#tests/support/ops.ts';
import { startSshHost, type SshHost } from '#tests/support/ssh-host.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

describe('npm run bc -- droplet, with one that is enrolled', function () {
  this.timeout(60_000);
  let database: ConsoleDatabase;
  let host: SshHost;
  let worker: Running;

  before(async () => {
    [database, host] = await Promise.all([openConsoleDatabase(), startSshHost()]);
    await enrolDroplet(database.ctx, { ...host.target, role: 'infra' });
    worker = await startTestOpsWorker({ url: database.url, edge: host });
  });
  after(async () => {
    await worker?.stop();
    await host?.stop();
    await database?.drop();
  });

  const bc = async (...args: string[]) => {
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    const env = { PATH, NODE_COMPILE_CACHE, DATABASE_URL: database.url };
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
    const child = spawn(process.execPath, ['console/cli/bc.ts', 'droplet', ...args], { cwd: ROOT, env, stdio });
    const ended = [text(child.stdout), text(child.stderr), once(child, 'exit')] as const;
    const [stdout, stderr, [code]] = await Promise.all(ended);
    return { stdout, stderr, code: code as number };
  };

  it('runs a verb and prints what it printed, and nothing else', async () => {
    const { stdout, stderr, code } = await bc('run', 'infra-1', '--verb', 'version');

    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^basecommerce-agent \d+\n$/);
    const { job, output } = JSON.parse((await bc('run', 'infra-1', '--verb', 'version', '--json')).stdout);
    assert.deepEqual([job.status, output], ['succeeded', stdout]);
  });

  it('names what is malformed and exits 2, and tells the reason of a refusal and exits 1', async () => {
    const wrong = await bc('run', 'infra-1', '--verb', 'logs', '--log', 'secrets', '--lines', '0');
    assert.equal(wrong.code, 2);
    for (const option of ['log: Choose one of access, error, agent', 'lines: Type a whole number from 1 to 1000'])
      assert.match(wrong.stderr, new RegExp(`^--${option}`, 'm'));
    assert.equal((await bc('run', 'nobody', '--verb', 'version')).code, 1);

    await host.replaceAgent('echo "the disk takes no writes" >&2; exit 73');
    const refused = await bc('run', 'infra-1', '--verb', 'version');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /refused "version": the disk takes no writes \(exit 73\)/);
    await host.stopSshd();
    await host.start();
  });

  it('shows a droplet, and changes its key in steps that say what is next', async () => {
    assert.equal(JSON.parse((await bc('show', 'infra-1')).stdout).name, 'infra-1');

    const begun = await bc('rotate-key', 'infra-1', '--step', 'begin');
    assert.equal(begun.code, 0, begun.stderr);
    const line = /^ {2}(ssh-ed25519 \S+)$/m.exec(begun.stdout)![1]!;
    assert.match(begun.stdout, /--step verify/);
    await host.authorize(line);
    assert.match((await bc('rotate-key', 'infra-1', '--step', 'verify')).stdout, /--step finish/);
    assert.match(
      (await bc('rotate-key', 'infra-1', '--step', 'finish')).stdout,
      /Take its line out of authorized_keys/,
    );

    assert.match((await getDroplet(database.ctx, 'infra-1')).keyName, /^infra-1-/);
    assert.equal((await bc('rotate-key', 'infra-1', '--step', 'verify')).code, 1);
  });

  it('retires a droplet', async () => {
    assert.equal((await bc('retire', 'infra-1')).code, 0);
    assert.equal((await bc('show', 'infra-1')).code, 1);
  });
});
