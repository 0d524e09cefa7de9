import assert from 'node:assert/strict';
import { hostKeyAlert, listDroplets } from '#domain/droplets/index.ts';
import { listOpenAlerts, openAlert } from '#domain/alerts/index.ts';
import { fingerprint } from '#platform/ssh/fingerprint.ts';
import { openTestConsole, type Browser, type TestConsole } from '#tests/support/console.ts';
import { freePort } from '#tests/support/ports.ts';
import { startRecordingProxy } from '#tests/support/recording-proxy.ts';
import { startSshHost, type SshHost } from '#tests/support/ssh-host.ts';

describe('enrolling a droplet in the console', () => {
  let console: TestConsole;
  let host: SshHost;
  let browser: Browser;
  let csrf: string;

  beforeEach(async () => {
    [console, host] = await Promise.all([openTestConsole(), startSshHost()]);
    ({ browser, csrf } = await console.signIn('admin'));
  });
  afterEach(async () => {
    await host?.stop();
    await console?.stop();
  });

  const typed = (changes: Record<string, string> = {}) => ({
    _csrf: csrf,
    name: 'infra-1',
    role: 'infra',
    host: '127.0.0.1',
    port: String(host.target.port),
    username: 'basecommerce-agent',
    key_name: '',
    probe_url: '',
    ...changes,
  });
  const post = (path: string, fields: Record<string, string>) => browser.post(path).type('form').send(fields);
  const errorsIn = (html: string) => [...html.matchAll(/id="([a-z_]+)-error"/g)].map((match) => match[1]!).sort();
  const shown = () => fingerprint(host.target.hostKey);
  const audits = () => console.ctx.db('platform.audit_log').orderBy('id').pluck<string[]>('action');

  it('shows the fingerprint and how to compare it, sends nothing but the asking, and pins it on the second step', async () => {
    const proxy = await startRecordingProxy(host.target.port);
    const asked = await post('/droplets/new', typed({ port: String(proxy.port) })).expect(200);

    assert.ok(asked.text.includes(`256 <strong>${shown()}</strong> root@infra-1 (ED25519)`));
    assert.match(asked.text, /ssh-keygen -lf \/etc\/ssh\/ssh_host_ed25519_key\.pub/);
    assert.deepEqual(proxy.clientMessages(), [20, 30, 1], 'the key exchange, and goodbye');
    assert.deepEqual([await listDroplets(console.ctx), host.logins], [[], 0]);
    await proxy.stop();

    const done = await post('/droplets', typed({ fingerprint: shown(), compared: 'on' })).expect(303);

    assert.equal(done.headers.location, '/droplets/infra-1');
    const [droplet] = await listDroplets(console.ctx);
    assert.deepEqual([droplet?.hostKey, droplet?.keyName, droplet?.role], [host.target.hostKey, 'infra-1', 'infra']);
    assert.equal((await audits()).at(-1), 'droplet.enrolled');
    const [job] = await console.ctx.db('platform.jobs');
    assert.equal(job.kind, 'droplet.make_key');
  });

  it('enrols nothing while nobody says that the two are the same', async () => {
    const { text } = await post('/droplets', typed({ fingerprint: shown() })).expect(422);

    assert.match(text, /Compare the two first/);
    assert.ok(text.includes(`name="host" value="127.0.0.1"`), 'what was typed is kept');
    assert.deepEqual(await listDroplets(console.ctx), []);
  });

  it('enrols nothing when the machine shows another key by then, and shows both', async () => {
    const before = shown();
    await host.changeHostKey();

    const { text } = await post('/droplets', typed({ fingerprint: before, compared: 'on' })).expect(409);

    assert.ok(text.includes(before));
    assert.match(text, /now shows another key/);
    assert.deepEqual(await listDroplets(console.ctx), []);
  });

  it('names every field that is wrong and keeps what was typed', async () => {
    const wrong = { name: 'Edge 1', host: 'a b', port: 'x', username: 'Root', key_name: '../id', probe_url: 'ftp://x' };
    const { text } = await post('/droplets/new', typed(wrong)).expect(422);
    assert.deepEqual(errorsIn(text), ['host', 'key_name', 'name', 'port', 'probe_url', 'username']);
    for (const value of ['Edge 1', 'a b', '../id']) assert.ok(text.includes(`value="${value}"`), value);

    const king = await post('/droplets/new', typed({ role: 'king' })).expect(422);
    assert.match(king.text, /Choose what the machine is/);
    const blind = await post('/droplets/new', typed({ role: 'edge' })).expect(422);
    assert.deepEqual(errorsIn(blind.text), ['probe_url']);
    assert.equal(host.logins, 0);
  });

  it('says at the address that nobody shows a key there', async () => {
    const { text } = await post('/droplets/new', typed({ port: String(await freePort()) })).expect(422);

    assert.deepEqual(errorsIn(text), ['host']);
    assert.match(text, /Nobody shows a host key at 127\.0\.0\.1:\d+/);
  });

  it('pins a changed key again by the same two steps, and says whose place it takes', async () => {
    const old = shown();
    await post('/droplets', typed({ fingerprint: old, compared: 'on' })).expect(303);
    const alert = { key: hostKeyAlert('infra-1'), severity: 'critical', title: 'key', detail: 'changed' } as const;
    await openAlert(console.ctx, alert);
    await host.changeHostKey();
    assert.ok((await browser.get('/droplets/new?again=infra-1').expect(200)).text.includes('value="127.0.0.1"'));

    const asked = await post('/droplets/new', typed()).expect(200);
    assert.match(asked.text, /infra-1 is enrolled already/);
    assert.ok(asked.text.includes(old));
    const now = /name="fingerprint" value="([^"]+)"/.exec(asked.text)![1]!;
    await post('/droplets', typed({ fingerprint: now, compared: 'on' })).expect(303);

    const [droplet] = await listDroplets(console.ctx);
    assert.equal(droplet?.fingerprint, now);
    assert.deepEqual(await listOpenAlerts(console.ctx), []);
    assert.equal((await audits()).at(-1), 'droplet.re_enrolled');
  });

  it('takes several edges', async () => {
    for (const name of ['edge-1', 'edge-2']) {
      const edge = typed({ name, role: 'edge', probe_url: 'http://10.0.0.1', fingerprint: shown(), compared: 'on' });
      await post('/droplets', edge).expect(303);
    }

    const edges = (await listDroplets(console.ctx)).map(({ name, role, keyName }) => `${name} ${role} ${keyName}`);
    assert.deepEqual(edges, ['edge-1 edge edge-1', 'edge-2 edge edge-2']);
  });
});
