import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordPid, takeOwnership } from '#ops/local/pid-records.ts';

describe('takeOwnership', () => {
  let dir: string;
  let child: ChildProcess;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'basecommerce-pids-'));
    child = spawn('sleep', ['60']);
    await once(child, 'spawn');
  });

  afterEach(async () => {
    child.kill();
    await rm(dir, { recursive: true, force: true });
  });

  it('ends a server that a killed start left behind', async () => {
    await recordPid(dir, 'auth', child.pid!);
    const ended = once(child, 'exit');

    await takeOwnership(dir);

    assert.deepEqual(await ended, [null, 'SIGTERM']);
  });

  it('leaves a stranger alone that got the pid of a dead server', async () => {
    await writeFile(join(dir, 'auth'), `${child.pid}:1`);

    await takeOwnership(dir);

    assert.equal(child.exitCode ?? child.signalCode, null);
  });

  it('refuses while another start runs', async () => {
    await recordPid(dir, 'start', child.pid!);

    await assert.rejects(takeOwnership(dir), new RegExp(`already runs.*pid ${child.pid}`));
  });
});
