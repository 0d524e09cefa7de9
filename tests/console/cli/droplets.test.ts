import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { listDroplets } from '#domain/droplets/index.ts';
import { fingerprint } from '#platform/ssh/fingerprint.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { startTestEdge, type TestEdge } from '#tests/support/edge.ts';
import { freePort } from '#tests/support/ports.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

describe('npm run bc -- droplet', function () {
  this.timeout(60_000);
  let database: ConsoleDatabase;
  let edge: TestEdge;

  before(async () => {
    [database, edge] = await Promise.all([openConsoleDatabase(), startTestEdge()]);
  });
  after(async () => {
    await edge?.stop();
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
  const machine = (name: string) => {
    const { host, port, username, keyName } = edge.sshTarget;
    const address = ['--name', name, '--role', 'edge', '--host', host, '--port', String(port)];
    return [...address, '--user', username, '--key-name', keyName, '--probe-url', edge.url];
  };
  const shownKey = () => fingerprint(edge.sshTarget.hostKey);
  const named = async (name: string) => (await listDroplets(database.ctx)).find((it) => it.name === name);

  it('shows the host key first, enrols nothing, and says the command that enrols', async () => {
    const looked = await bc('enrol', ...machine('looked-at'));

    assert.equal(looked.code, 1);
    assert.ok(looked.stderr.includes(shownKey()));
    assert.equal(await named('looked-at'), undefined);

    const next = /npm run bc -- droplet (.+)$/m.exec(looked.stderr)![1]!;
    assert.equal((await bc(...next.split(' '))).code, 0);
    assert.equal((await named('looked-at'))?.hostKey, edge.sshTarget.hostKey);
  });

  it('enrols a machine whose host key is the expected one, and lists it', async () => {
    const { stdout, code } = await bc('enrol', ...machine('edge-1'), '--fingerprint', shownKey());

    assert.equal(code, 0);
    assert.match(stdout, /^edge-1 is enrolled as /);
    assert.equal((await named('edge-1'))?.probeUrl, edge.url);
    const [audit] = await database.ctx.db('platform.audit_log').where({ subject_label: 'edge-1' });
    assert.equal(audit.action, 'droplet.enrolled');
    const line = (await bc('list')).stdout.split('\n').find((it) => it.startsWith('edge-1 '));
    assert.match(line!, /^edge-1 +edge +enrolled +never_looked_at +/);
    assert.ok(line!.includes(shownKey()));
  });

  it('refuses a machine that shows another host key, and names both', async () => {
    const expected = `SHA256:${'A'.repeat(43)}`;
    const { stderr, code } = await bc('enrol', ...machine('impostor'), '--fingerprint', expected);

    assert.equal(code, 1);
    assert.ok(stderr.includes(shownKey()) && stderr.includes(expected), stderr);
    assert.equal(await named('impostor'), undefined);
  });

  it('exits 2 naming what is missing or wrong, and 1 where nobody answers', async () => {
    const wrong = await bc('enrol', '--name', 'Edge 1', '--role', 'king', '--port', '0', '--fingerprint', 'SHA256:x');
    assert.equal(wrong.code, 2);
    for (const option of ['name', 'role', 'port', 'host', 'user', 'fingerprint'])
      assert.match(wrong.stderr, new RegExp(`^--${option}: `, 'm'));

    const noProbe = await bc('enrol', ...machine('no-probe').slice(0, -2));
    assert.deepEqual([noProbe.code, noProbe.stderr.split('\n', 1)[0]?.slice(0, 13)], [2, '--probe-url: ']);

    const nobody = await bc('enrol', ...machine('nobody'), '--port', String(await freePort()));
    assert.equal(nobody.code, 1);
    assert.match(nobody.stderr, /shows no ed25519 host key/);
  });
});
