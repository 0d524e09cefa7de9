import assert from 'node:assert/strict';
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  abandonKeyRotation,
  beginKeyRotation,
  enrolDroplet,
  findKey,
  findRotation,
  finishKeyRotation,
  getDroplet,
  requestRun,
  retireDroplet,
  verifyKeyRotation,
} from '#domain/droplets/index.ts';
import type { Running } from '#platform/process.ts';
import { openConsoleDatabase, type ConsoleDatabase } from '#tests/support/console-database.ts';
import { eventually } from '#tests/support/eventually.ts';
import { finished, startTestOpsWorker } from '#tests/support/ops.ts';
import { startSshHost, type SshHost } from '#tests/support/ssh-host.ts';

describe('changing the key of a droplet', () => {
  let console: ConsoleDatabase;
  let host: SshHost;
  let worker: Running;

  beforeEach(async () => {
    [console, host] = await Promise.all([openConsoleDatabase(), startSshHost()]);
    await enrolDroplet(console.ctx, { ...host.target, role: 'infra' });
    worker = await startTestOpsWorker({ url: console.url, edge: host });
  });
  afterEach(async () => {
    await worker?.stop();
    await host?.stop();
    await console?.drop();
  });

  const droplet = () => getDroplet(console.ctx, 'infra-1');
  const rotation = async () => (await findRotation(console.ctx, (await droplet()).id))!;
  const newKey = async () => (await findKey(console.ctx, (await rotation()).newKeyName))!;
  const ended = async (jobId: Promise<string>) => finished(console.ctx, await jobId);
  const onDisk = (name: string) =>
    access(join(host.keysDir, name)).then(
      () => true,
      () => false,
    );
  const actions = () => console.ctx.db('platform.audit_log').orderBy('id').pluck<string[]>('action');
  const begin = () => ended(beginKeyRotation(console.ctx, 'infra-1'));
  const verify = () => ended(verifyKeyRotation(console.ctx, 'infra-1'));
  const finish = () => ended(finishKeyRotation(console.ctx, 'infra-1'));

  it('makes, verifies and switches to a new key, and gives the old one up', async () => {
    await begin();
    const { newKeyName, state } = await rotation();
    const { publicKey } = await newKey();
    assert.match(newKeyName, /^infra-1-\d{4}-\d\d-\d\d-[0-9a-f]{4}$/);
    assert.match(publicKey, /^ssh-ed25519 [A-Za-z0-9+/]{68}$/);
    assert.equal((await stat(join(host.keysDir, newKeyName))).mode & 0o777, 0o600);
    assert.deepEqual([state, (await droplet()).keyName], ['made', 'infra']);

    await host.authorize(publicKey);
    assert.equal((await verify()).status, 'succeeded');
    assert.deepEqual([(await rotation()).state, (await droplet()).keyName], ['verified', 'infra']);

    const switched = await finish();
    assert.deepEqual(switched.steps[2]!.output, [{ key: 'key_deleted', values: { key: 'infra' } }]);
    assert.deepEqual([(await rotation()).state, (await droplet()).keyName], ['finished', newKeyName]);
    assert.deepEqual(
      [await onDisk('infra'), await onDisk('infra.pub'), await onDisk(newKeyName)],
      [false, false, true],
    );

    const job = await ended(requestRun(console.ctx, 'infra-1', { verb: 'version', args: {} }));
    assert.equal(job.status, 'succeeded');
    assert.deepEqual(await actions(), [
      'droplet.enrolled',
      'droplet.key_rotation_begun',
      'droplet.key_made',
      'droplet.key_verified',
      'droplet.key_switch_requested',
      'droplet.key_switched',
      'droplet.key_rotated',
      'droplet.run_requested',
    ]);
  });

  it('says that the machine does not let the new key in yet, and stays with the old one', async () => {
    await begin();
    const job = await verify();

    assert.deepEqual([job.status, job.errorCode], ['failed', 'ssh_auth_failed']);
    const { state, problem } = await rotation();
    assert.equal(state, 'made');
    assert.match(problem!, /does not accept our key/);
    assert.equal((await droplet()).failures, 0, 'that the new key is not there yet is no failure of the machine');
    await assert.rejects(finish(), { code: 'key_not_verified', status: 409 });
  });

  it('goes back to the old key when the new one stopped working before the switch', async () => {
    await begin();
    const { publicKey } = await newKey();
    await host.authorize(publicKey);
    await verify();
    await host.forbid(publicKey);
    // The connection that the new key was tried over is still open, and would let it in.
    await host.stopSshd();
    await host.start();

    const job = await finish();

    assert.deepEqual(
      [job.status, (await droplet()).keyName, (await rotation()).state],
      ['failed', 'infra', 'verified'],
    );
    assert.equal(await onDisk('infra'), true);
    assert.match((await rotation()).problem!, /does not accept our key/);
  });

  it('is given up without a trace of the new key', async () => {
    await begin();
    const { newKeyName } = await rotation();

    await ended(abandonKeyRotation(console.ctx, 'infra-1'));

    assert.deepEqual(
      [(await rotation()).state, await onDisk(newKeyName), await onDisk('infra')],
      ['abandoned', false, true],
    );
    assert.equal(await findKey(console.ctx, newKeyName), undefined);
    await assert.rejects(verify(), { code: 'no_key_rotation' });
    await begin();
    assert.notEqual((await rotation()).newKeyName, newKeyName);
  });

  it('is one at a time', async () => {
    await begin();

    await assert.rejects(begin(), { code: 'key_rotation_open', status: 409 });
  });

  it('leaves a key that another droplet is logged in to with', async () => {
    await enrolDroplet(console.ctx, { ...host.target, name: 'infra-2', role: 'infra' });
    await begin();
    await host.authorize((await newKey()).publicKey);
    await verify();

    const job = await finish();

    assert.deepEqual(job.steps[2]!.output, [{ key: 'key_kept', values: { key: 'infra' } }]);
    assert.equal(await onDisk('infra'), true);
  });

  it('tells the public half of a key that was there before anybody asked', async () => {
    const key = await eventually(() => findKey(console.ctx, 'infra'));

    assert.match(key.publicKey, /^ssh-ed25519 /);
  });

  it('of a machine that is retired deletes our key for it', async () => {
    await retireDroplet(console.ctx, 'infra-1');

    await eventually(async () => !(await onDisk('infra')));
    await assert.rejects(requestRun(console.ctx, 'infra-1', { verb: 'version', args: {} }), {
      code: 'droplet_not_found',
    });
  });
});
