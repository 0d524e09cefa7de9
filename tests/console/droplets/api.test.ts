import assert from 'node:assert/strict';
import { enrolDroplet, listDroplets } from '#domain/droplets/index.ts';
import type { Running } from '#platform/process.ts';
import { fingerprint } from '#platform/ssh/fingerprint.ts';
import { startSilentHost } from '#tests/support/black-holes.ts';
import { apiOf, type Api } from '#tests/support/console-api.ts';
import { openTestConsole, type TestConsole } from '#tests/support/console.ts';
import { eventually } from '#tests/support/eventually.ts';
import { finished, startTestOpsWorker } from '#tests/support/ops.ts';
import { freePort } from '#tests/support/ports.ts';
import { startSshHost, type SshHost } from '#tests/support/ssh-host.ts';

describe('the API of droplets', () => {
  let console: TestConsole;
  let host: SshHost;
  let worker: Running;
  let admin: Api;
  let onCall: Api;

  before(async () => {
    [console, host] = await Promise.all([openTestConsole(), startSshHost()]);
    worker = await startTestOpsWorker({ url: console.url, edge: host });
    [admin, onCall] = await Promise.all([apiOf(console, 'admin'), apiOf(console, 'on_call')]);
  });
  after(async () => {
    await worker?.stop();
    await host?.stop();
    await console?.stop();
  });

  const machine = (name: string) => {
    const { port, username: user } = host.target;
    return { name, role: 'infra', host: '127.0.0.1', port, user, key_name: 'infra' };
  };
  const pathsIn = (body: { errors?: { path: string }[] }) => (body.errors ?? []).map(({ path }) => path).sort();

  it('tells the host key first, and enrols the machine once somebody has compared it', async () => {
    const shown = fingerprint(host.target.hostKey);
    const first = await admin.post('/droplets').send(machine('infra-1')).expect(409);
    assert.deepEqual([first.body.code, first.body.fingerprint], ['fingerprint_not_compared', shown]);
    const wrong = { ...machine('infra-1'), fingerprint: `SHA256:${'A'.repeat(43)}` };
    assert.equal((await admin.post('/droplets').send(wrong).expect(409)).body.code, 'fingerprint_differs');
    assert.deepEqual(await listDroplets(console.ctx), []);

    const { body } = await admin
      .post('/droplets')
      .send({ ...machine('infra-1'), fingerprint: shown })
      .expect(201);

    assert.deepEqual([body.name, body.fingerprint, body.status], ['infra-1', shown, 'enrolled']);
    const [audit] = await console.ctx.db('platform.audit_log').where({ action: 'droplet.enrolled' });
    assert.match(audit.actor_label, /^token admin-/);
  });

  it('makes a key for a machine that has none, named after it', async () => {
    const { key_name: _named, ...unnamed } = machine('infra-new');
    await admin
      .post('/droplets')
      .send({ ...unnamed, fingerprint: fingerprint(host.target.hostKey) })
      .expect(201);

    const body = await eventually(async () => {
      const answer = await admin.get('/droplets/infra-new/key-rotation').expect(200);
      return answer.body.public_key !== null && answer.body;
    });
    assert.deepEqual([body.key_name, body.state], ['infra-new', 'none']);
    assert.match(body.public_key, /^ssh-ed25519 /);
  });

  it('names every field at fault, and connects to nobody for that', async () => {
    const bad = { name: 'Edge 1', role: 'king', host: 'a b', port: 0, user: 'Root', probe_url: 'ftp://x', extra: 1 };
    const answer = await admin.post('/droplets').send(bad).expect(422);
    assert.deepEqual(pathsIn(answer.body), ['extra', 'host', 'name', 'port', 'probe_url', 'role', 'user']);

    const blind = await admin
      .post('/droplets')
      .send({ ...machine('edge-1'), role: 'edge' })
      .expect(422);
    assert.deepEqual(pathsIn(blind.body), ['probe_url']);
    const page = await admin.post('/droplets').send(machine('new')).expect(422);
    assert.deepEqual(pathsIn(page.body), ['name']);
  });

  it('says that nobody shows a host key there', async () => {
    const { body } = await admin
      .post('/droplets')
      .send({ ...machine('nobody'), port: await freePort() })
      .expect(503);

    assert.equal(body.code, 'ssh_connect_failed');
  });

  it('runs a verb, and gives what it printed piece by piece', async () => {
    const started = await onCall.post('/droplets/infra-1/runs').send({ verb: 'status' }).expect(202);
    assert.equal(started.headers.location, `/api/v1/jobs/${started.body.job.id}`);
    await finished(console.ctx, started.body.job.id);

    const { body } = await onCall.get(`/jobs/${started.body.job.id}/output`).expect(200);
    assert.match(body.items.map((it: { text: string }) => it.text).join(''), /^agent_version=/m);
    const rest = await onCall.get(`/jobs/${started.body.job.id}/output?after=${body.items.at(-1).seq}`).expect(200);
    assert.deepEqual(rest.body, { items: [], has_more: false });
    await onCall.get(`/jobs/${started.body.job.id}/output?after=-1`).expect(422);
  });

  it('lists machines with what is known of them, and null for what is not', async () => {
    const infra = await eventually(async () => {
      const { body } = await onCall.get('/droplets/infra-1').expect(200);
      return body.connection?.state === 'open' && body;
    });

    assert.ok(infra.figures.memory_used > 0);
    assert.equal(infra.figures.nginx, null);
    assert.deepEqual([infra.connection.failures, infra.connection.error], [0, null]);
    const { body } = await onCall.get('/droplets').expect(200);
    assert.deepEqual(
      body.items.map((it: { name: string }) => it.name),
      ['infra-1', 'infra-new'],
    );
    await onCall.get('/droplets/nobody').expect(404);
  });

  it('refuses a malformed verb with the field named, and runs nothing', async () => {
    const jobs = async () => (await console.ctx.db('platform.jobs').where({ kind: 'droplet.run' })).length;
    const before = await jobs();

    for (const [run, paths] of [
      [{ verb: 'bash' }, ['verb']],
      [{ verb: 'put' }, ['verb']],
      [{}, ['verb']],
      [{ verb: 'logs', args: { log: 'access', lines: 'ten; id' } }, ['args.lines']],
      [{ verb: 'logs', args: { log: '../etc/passwd', lines: 10, more: 1 } }, ['args.log', 'args.more']],
    ] as const)
      assert.deepEqual(pathsIn((await onCall.post('/droplets/infra-1/runs').send(run).expect(422)).body), paths);

    assert.equal(await jobs(), before);
    await (await apiOf(console, 'viewer')).post('/droplets/infra-1/runs').send({ verb: 'status' }).expect(403);
  });

  it('changes the key in steps', async () => {
    const step = async (call: Promise<{ body: { job: { id: string } } }>) => {
      const { body } = await call;
      return (await finished(console.ctx, body.job.id)).status;
    };
    const at = '/droplets/infra-1/key-rotation';
    assert.equal(await step(admin.post(at).expect(202)), 'succeeded');
    const { body: made } = await admin.get(at).expect(200);
    assert.deepEqual([made.state, made.key_name], ['made', 'infra']);
    assert.equal((await admin.post(`${at}/completion`).expect(409)).body.code, 'key_not_verified');
    assert.equal(await step(admin.post(`${at}/verification`).expect(202)), 'failed');
    await host.authorize(made.new_public_key);
    assert.equal(await step(admin.post(`${at}/verification`).expect(202)), 'succeeded');
    assert.equal(await step(admin.delete(at).expect(202)), 'succeeded');
    assert.equal((await admin.get(at).expect(200)).body.state, 'abandoned');
    assert.equal((await admin.delete(at).expect(409)).body.code, 'no_key_rotation');
  });

  it('retires a machine, but not the only edge, nor one that serves stores', async () => {
    const { port, username, hostKey } = host.target;
    const edge = { role: 'edge', host: '127.0.0.1', port, username, hostKey, keyName: 'edge' } as const;
    await enrolDroplet(console.ctx, { ...edge, name: 'edge-1', probeUrl: 'http://127.0.0.1:1' });
    assert.equal((await admin.delete('/droplets/edge-1').expect(409)).body.code, 'droplet_only_edge');

    const second = await enrolDroplet(console.ctx, { ...edge, name: 'edge-2', probeUrl: 'http://127.0.0.1:2' });
    await console.ctx.db('platform.edge_revisions').insert({
      droplet_id: second.id,
      author: 'olivia',
      reason: 'test',
      outcome: 'sent',
      created_at: new Date(),
    });
    assert.equal((await admin.delete('/droplets/edge-2').expect(409)).body.code, 'droplet_has_files');
    await console.ctx.db('platform.edge_revisions').update({ outcome: 'failed' });

    await admin.delete('/droplets/edge-2').expect(200, { name: 'edge-2', retired: true });
    await admin.get('/droplets/edge-2').expect(404);
    await admin.delete('/droplets/edge-2').expect(404);
    const again = await enrolDroplet(console.ctx, { ...edge, name: 'edge-2', probeUrl: 'http://127.0.0.1:2' });
    assert.equal(again.id, second.id, 'its history is that of its name');
  });

  it('does not wait for a machine behind a black hole', async () => {
    const hole = await startSilentHost();
    await enrolDroplet(console.ctx, { ...host.target, name: 'black-hole', role: 'infra', port: hole.port });
    const started = await onCall.post('/droplets/black-hole/runs').send({ verb: 'version' }).expect(202);

    const { body } = await onCall.get('/droplets').expect(200);

    const job = await console.ctx.db('platform.jobs').where({ id: started.body.job.id }).first();
    assert.equal(job.finished_at, null, 'the list was answered while the verb was still hanging');
    assert.ok(body.items.some((it: { name: string }) => it.name === 'black-hole'));
    assert.equal((await finished(console.ctx, started.body.job.id)).errorCode, 'ssh_connect_failed');
    await hole.stop();
  });
});
