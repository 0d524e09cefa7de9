import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '#ops/local/layout.ts';
import { findBinary } from '#ops/local/server-binaries.mjs';

/** What the installer looks for outside the folders that it knows by itself. */
const TOOLS = ['postgres', 'redis-server', 'nginx', 'sshd', 'ssh-keygen', 'openssl', 'curl'];

describe('the installer, where it may install nothing', () => {
  let path: string;

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'basecommerce-path-'));
  });
  afterEach(() => rm(path, { recursive: true, force: true }));

  /** On a machine that lacks these, and apt-get and sudo as well. */
  const installWithout = async (missing: string[]) => {
    for (const tool of TOOLS.filter((name) => !missing.includes(name))) {
      const found = findBinary(tool);
      if (found) await symlink(found, join(path, tool));
    }
    const script = join(ROOT, 'ops/local/install.mjs');
    return spawnSync(process.execPath, [script], { encoding: 'utf8', env: { PATH: path } });
  };

  it('names the one package that is missing, and the commands for it', async () => {
    const { stdout, stderr, status } = await installWithout(['curl']);

    assert.equal(stdout, 'Missing: curl.\n');
    assert.match(stderr, /^It could not be installed from here\..*\n.*\n {2}sudo apt-get install .* curl\n$/);
    assert.equal(status, 1);
  });

  it('speaks of several as several', async () => {
    const { stdout, stderr } = await installWithout(['curl', 'ssh-keygen']);

    assert.equal(stdout, 'Missing: OpenSSH client, curl.\n');
    assert.match(stderr, /^They could not be installed from here\./);
  });
});
